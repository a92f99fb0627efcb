import { isDeepStrictEqual } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Pulumi's provider protocol. The SDK's own server knows neither ignored changes nor refreshed
 * inputs nor previews, which are what a failover is judged by, so this speaks to the engine itself.
 */

export type Properties = Record<string, unknown>;

/** What stands in the place of a value that only an `up` can know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A provider of AWS for another region is another provider, and replaces all that the first one made. */
const replacingSetting = "region";

/** One property that differs, and whether that makes a new resource. */
export interface Difference {
  readonly property: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** A change to a resource that exists. */
export interface Change {
  readonly urn: string;
  readonly id: string;
  /** The state: inputs and outputs together. */
  readonly olds: Properties;
  readonly oldInputs: Properties;
  readonly news: Properties;
  /** Paths of properties whose changes the program ignores. */
  readonly ignored: readonly string[];
  readonly preview: boolean;
}

/** What a provider does, in plain values. Errors reach the engine as the reason of its refusal. */
export interface Provider {
  configure(args: Properties): void;
  /** What a program asks the cloud. */
  invoke(token: string, args: Properties): Properties;
  /** Reasons why inputs are refused, by property. */
  failures(urn: string, inputs: Properties): readonly (readonly [string, string])[];
  differences(change: Change): readonly Difference[];
  create(
    urn: string,
    inputs: Properties,
    preview: boolean,
  ): { readonly id: string; readonly properties: Properties };
  update(change: Change): Properties;
  /** The state and the inputs that it amounts to; undefined when there is no such thing. */
  read(
    urn: string,
    id: string,
    inputs: Properties,
  ): { readonly properties: Properties; readonly inputs: Properties } | undefined;
  delete(urn: string, id: string): void;
}

/** Serves a provider to the engine that started this process, and tells it the port. */
export function serve(provider: Provider): void {
  const server = new grpc.Server();
  server.addService(ResourceProviderService, {
    getPluginInfo: answer(() => new PluginInfo().setVersion("1000.0.0")),
    checkConfig: answer((request: messages.CheckRequest) =>
      new messages.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: answer((request: messages.DiffRequest) => {
      const [olds, news] = [plain(request.getOldInputs()), plain(request.getNews())];
      const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (setting) => !isDeepStrictEqual(olds[setting], news[setting]),
      );
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      return new messages.DiffResponse()
        .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList(changed)
        .setReplacesList(changed.filter((setting) => setting === replacingSetting));
    }),
    configure: answer((request: messages.ConfigureRequest) => {
      provider.configure(revealed(plain(request.getArgs())));
      return new messages.ConfigureResponse().setSupportspreview(true);
    }),
    invoke: answer((request: messages.InvokeRequest) =>
      new messages.InvokeResponse().setReturn(
        Struct.fromJavaScript(
          provider.invoke(request.getTok(), plain(request.getArgs())) as Values,
        ),
      ),
    ),
    check: answer((request: messages.CheckRequest) => {
      const failures = provider.failures(request.getUrn(), plain(request.getNews()));
      return new messages.CheckResponse()
        .setInputs(request.getNews())
        .setFailuresList(
          failures.map(([property, reason]) =>
            new messages.CheckFailure().setProperty(property).setReason(reason),
          ),
        );
    }),
    diff: answer((request: messages.DiffRequest) => diffResponse(provider, request)),
    create: answer((request: messages.CreateRequest) => {
      const preview = request.getPreview();
      const made = provider.create(request.getUrn(), plain(request.getProperties()), preview);
      return new messages.CreateResponse()
        .setId(made.id)
        .setProperties(Struct.fromJavaScript(made.properties as Values));
    }),
    update: answer((request: messages.UpdateRequest) =>
      new messages.UpdateResponse().setProperties(
        Struct.fromJavaScript(
          provider.update({ ...changeOf(request), preview: request.getPreview() }) as Values,
        ),
      ),
    ),
    read: answer((request: messages.ReadRequest) => {
      const found = provider.read(request.getUrn(), request.getId(), plain(request.getInputs()));
      return found === undefined
        ? new messages.ReadResponse()
        : new messages.ReadResponse()
            .setId(request.getId())
            .setProperties(Struct.fromJavaScript(found.properties as Values))
            .setInputs(Struct.fromJavaScript(found.inputs as Values));
    }),
    delete: answer((request: messages.DeleteRequest) => {
      provider.delete(request.getUrn(), request.getId());
      return new Empty();
    }),
    cancel: answer(() => new Empty()),
    attach: answer(() => new Empty()),
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      throw error;
    }
    process.stdout.write(`${String(port)}\n`);
  });
}

/** What `Struct` says it takes. */
type Values = Parameters<typeof Struct.fromJavaScript>[0];

function plain(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

/** A provider's settings without the wrapping of secrets, which an engine takes off everything else. */
function revealed(settings: Properties): Properties {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && "value" in value ? value.value : value,
    ]),
  );
}

/** A method that answers at once; what it throws is the engine's reason. */
function answer<Request, Response>(
  respond: (request: Request) => Response,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    try {
      callback(null, respond(request));
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      callback({ code: grpc.status.UNKNOWN, details });
    }
  };
}

function changeOf(request: messages.DiffRequest | messages.UpdateRequest): Omit<Change, "preview"> {
  return {
    urn: request.getUrn(),
    id: request.getId(),
    olds: plain(request.getOlds()),
    oldInputs: plain(request.getOldInputs()),
    news: plain(request.getNews()),
    ignored: request.getIgnorechangesList(),
  };
}

function diffResponse(provider: Provider, request: messages.DiffRequest): messages.DiffResponse {
  const differences = provider.differences({ ...changeOf(request), preview: true });
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const response = new messages.DiffResponse()
    .setChanges(differences.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(differences.map(({ property }) => property))
    .setReplacesList(differences.filter(({ replaces }) => replaces).map(({ property }) => property))
    .setHasdetaileddiff(true);
  for (const { property, kind, replaces } of differences) {
    response
      .getDetaileddiffMap()
      .set(property, new messages.PropertyDiff().setKind(kinds[kind][replaces ? 1 : 0]));
  }
  return response;
}
