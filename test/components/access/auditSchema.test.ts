import assert from "node:assert/strict";
import {
  AuditSchema,
  type AuditSchemaArgs,
  auditSchemaProblems,
} from "../../../components/access/auditSchema";
import { type Declared, declared } from "../../support/declared";
import { countsByType, waitsFor } from "../inspection";
import { auditSchemaArgs } from "../minimalArgs";
import { types } from "./types";

const inDatabase = { database: "market_scanning", schema: "disaster_recovery" };
const writer = "market_scanning_event_writer";
const reader = "market_scanning_audit_reader";
const owner = "market_scanning_audit_owner";

describe("AuditSchema", () => {
  let schema: Declared;

  before(async () => {
    schema = await declared((options) => {
      new AuditSchema("audit", auditSchemaArgs, options);
    });
  });

  const named = (name: string) => {
    const found = schema.resources.find((resource) => resource.name === name);
    assert.ok(found, name);
    return found;
  };

  it("is a schema with its owner, and what others may do in it", () => {
    assert.deepEqual(countsByType(schema.resources), {
      [types.schemaComponent]: 1,
      [types.role]: 1,
      [types.membership]: 1,
      [types.schema]: 1,
      [types.grant]: 2,
      [types.defaults]: 3,
    });
  });

  it("belongs to a role that cannot log in", () => {
    assert.deepEqual(schema.only(types.role).inputs, { name: owner, login: false });
    assert.deepEqual(schema.only(types.schema).inputs, {
      name: "disaster_recovery",
      database: "market_scanning",
      owner,
    });
  });

  it("has the administrator make things in the owner's name, before the schema is there", () => {
    const membership = schema.only(types.membership);
    assert.deepEqual(membership.inputs, { role: "scanning_admin", grantRole: owner });
    assert.equal(waitsFor(schema.only(types.schema), membership), true);
  });

  it("looks away from the membership that PostgreSQL itself gives to who makes a role", () => {
    assert.deepEqual(schema.only(types.membership).options.ignoreChanges, ["withAdminOption"]);
  });

  it("lets two roles in, and neither make anything there", () => {
    assert.deepEqual(
      schema.all(types.grant).map(({ inputs }) => inputs),
      [writer, reader].map((role) => ({
        role,
        ...inDatabase,
        objectType: "schema",
        privileges: ["USAGE"],
      })),
    );
  });

  it("lets one add rows to what the owner makes later, and the other read them, and no more", () => {
    assert.deepEqual(
      schema.all(types.defaults).map(({ inputs }) => inputs),
      [
        { role: writer, objectType: "table", privileges: ["INSERT"] },
        { role: writer, objectType: "sequence", privileges: ["USAGE"] },
        { role: reader, objectType: "table", privileges: ["SELECT"] },
      ].map((privileges) => ({ ...inDatabase, owner, ...privileges })),
    );
  });

  it("changes privileges one after another, as PostgreSQL wants it", () => {
    const order = [
      "audit",
      "audit-writer",
      "audit-writer-tables",
      "audit-writer-sequences",
      "audit-reader",
      "audit-reader-tables",
    ];
    const inOrder = schema.resources.filter(({ name }) => order.includes(name)).slice(1);
    assert.deepEqual(
      inOrder.map(({ name }) => name),
      order,
    );
    for (const [index, resource] of inOrder.slice(1).entries()) {
      assert.ok(waitsFor(resource, inOrder[index] ?? resource), resource.name);
    }
  });

  it("holds the schema and its owner, and the privileges as long as they are protected", () => {
    for (const [name, retained] of [
      ["audit-owner", true],
      ["audit-administrator", undefined],
      ["audit-writer", undefined],
      ["audit-reader-tables", undefined],
    ] as const) {
      const { protect, retainOnDelete } = named(name).options;
      assert.deepEqual({ protect, retainOnDelete }, { protect: true, retainOnDelete: retained });
    }
    assert.equal(schema.only(types.schema).options.retainOnDelete, true);
    assert.equal(schema.only(types.schema).options.protect, true);
  });

  describe("is refused with", () => {
    const cases: readonly (readonly [string, Partial<AuditSchemaArgs>, string])[] = [
      ...["public", "pg_audit", "disaster-recovery", "Audit", "a".repeat(64)].map(
        (schemaName) =>
          [
            `a schema called ${schemaName}`,
            { schemaName },
            `schemaName must be lower-case letters, digits and underscores, at most 63, and neither "public" nor beginning with pg_, got "${schemaName}"`,
          ] as const,
      ),
      [
        "a reader who is the owner",
        { readerName: owner },
        `ownerName, administrator, writerName, readerName must be four different roles, or one could undo what another did, got ${owner}, scanning_admin, ${writer}, ${owner}`,
      ],
    ];
    for (const [what, changes, message] of cases) {
      it(what, () => {
        const args = { ...auditSchemaArgs, ...changes };
        assert.deepEqual(auditSchemaProblems(args), [message]);
        assert.throws(
          () => new AuditSchema("audit", args),
          new RangeError(`AuditSchema 'audit': ${message}`),
        );
      });
    }

    it("nothing, if it is sound", () => {
      assert.deepEqual(auditSchemaProblems(auditSchemaArgs), []);
    });
  });
});
