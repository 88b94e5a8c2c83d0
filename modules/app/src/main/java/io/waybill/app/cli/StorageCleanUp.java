package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.secrets.Keyset;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill storage clean-up}. */
@Command(
    name = "clean-up",
    description = {
      "Show, or with --delete remove, objects of a destination whose retention is over.",
      "Only where the destination has autoCleanup, only below its own folder, only what it wrote"
          + " itself and marked, and nothing that a lock or a legal hold keeps. Uploads that nobody"
          + " ended for a day are aborted, too. Each removal is written to waybill.audit before it"
          + " is done."
    })
final class StorageCleanUp extends KafkaCommand {
  /** Actions in audit records. */
  static final String REMOVED = "object-removed";

  static final String NOT_REMOVED = "object-not-removed";

  static final String ABORTED = "upload-aborted";

  private final ObjectCleaner cleaner;

  @Parameters(paramLabel = "ID", description = "The destination's id.")
  private Optional<DestinationId> id = Optional.empty();

  @Option(
      names = "--delete",
      description = "Remove the objects. Without it nothing is changed: they are only shown.")
  private boolean delete;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The senders' configuration, whose allowCidrs, allowPorts, storage and egressProxy then"
              + " hold. Default: what the Waybill on --data-dir allows.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--allow-cidr",
      paramLabel = "CIDR",
      description = "Without --config: a network that the senders' operator allows.")
  private List<String> allowCidrs = new ArrayList<>();

  @Mixin private final AskingOption asking = new AskingOption();

  @Mixin private final FormOption output = new FormOption();

  StorageCleanUp(Environment environment, ObjectCleaner cleaner) {
    super(environment);
    this.cleaner = cleaner;
  }

  @Override
  public Integer call() {
    DestinationId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    if (config.isPresent() && !allowCidrs.isEmpty()) {
      throw wrongUsage("--config says what is allowed: leave --allow-cidr out");
    }
    try (Connection connection = connect()) {
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      Destination destination = destinations.get(wanted, asking, this);
      boolean hasCredentials = !destination.config().credentialNames().isEmpty();
      Optional<Keyset> keyset =
          hasCredentials ? Optional.of(connection.keyset()) : Optional.empty();
      ObjectCleaner.Wish wish =
          new ObjectCleaner.Wish(
              destination,
              DestinationsTestConnection.secretsOf(destination, destinations.secrets()),
              keyset,
              operator(),
              delete);
      Watcher watcher = new Watcher(connection, destination);
      ObjectCleaner.Result result = cleaner.run(wish, watcher);
      print(result, watcher);
      return result.failed() == 0 ? ExitCodes.OK : ExitCodes.FAILED;
    }
  }

  private ConnectionTester.Operator operator() {
    List<String> cidrs = new ArrayList<>(allowCidrs);
    if (config.isEmpty()) {
      running().ifPresent(endpoint -> cidrs.addAll(endpoint.allowCidrs()));
    }
    return new ConnectionTester.Operator(config.map(environment()::resolve), cidrs, List.of());
  }

  private void print(ObjectCleaner.Result result, Watcher watcher) {
    output.print(
        out(),
        () -> {
          ObjectNode json = Json.object();
          json.put("deleted", delete);
          json.put("removed", result.removed()).put("notYet", result.notYet());
          json.put("held", result.held()).put("others", result.others());
          json.put("failed", result.failed()).put("unfinished", result.unfinished());
          add(json.putArray("objects"), "removableAfter", watcher.due);
          add(json.putArray("uploads"), "begunAt", watcher.unfinished);
          return json;
        },
        () ->
            out()
                .printf(
                    "%s %d, not yet %d, held %d, not this destination's %d, failed %d, unfinished"
                        + " uploads %d%n",
                    delete ? "removed" : "to remove",
                    result.removed(),
                    result.notYet(),
                    result.held(),
                    result.others(),
                    result.failed(),
                    result.unfinished()));
  }

  private static void add(ArrayNode array, String name, List<Told> told) {
    told.forEach(one -> array.addObject().put("key", one.key()).put(name, one.time().toString()));
  }

  private record Told(String key, Instant time) {}

  /** Prints, and before anything is removed writes it down where it cannot be taken back. */
  private final class Watcher implements ObjectCleaner.Watcher {
    private final Connection connection;
    private final Destination destination;

    /** Kept for JSON only; a table is printed as it comes. */
    private final List<Told> due = new ArrayList<>();

    private final List<Told> unfinished = new ArrayList<>();

    Watcher(Connection connection, Destination destination) {
      this.connection = connection;
      this.destination = destination;
    }

    @Override
    public void due(String key, Instant removableAfter) {
      if (delete) {
        audit(REMOVED, Map.of("key", key, "removableAfter", removableAfter.toString()));
      }
      if (output.isJson()) {
        due.add(new Told(key, removableAfter));
      } else {
        out().println(removableAfter + " " + TextTable.plain(key));
      }
    }

    @Override
    public void unfinished(String key, Instant begunAt) {
      if (delete) {
        audit(ABORTED, Map.of("key", key, "begunAt", begunAt.toString()));
      }
      if (output.isJson()) {
        unfinished.add(new Told(key, begunAt));
      } else {
        out().println(begunAt + " " + TextTable.plain(key) + " (unfinished upload)");
      }
    }

    @Override
    public void failed(String key, String why) {
      if (delete) {
        audit(NOT_REMOVED, Map.of("key", key, "reason", why));
      }
      err().println("waybill: " + TextTable.plain(key) + " was left: " + TextTable.plain(why));
      err().flush();
    }

    private void audit(String action, Map<String, String> details) {
      AuditRecord audit =
          new AuditRecord(
              destination.organizationId(),
              environment().actor(),
              action,
              destination.id().value(),
              environment().clock().instant(),
              Optional.empty(),
              details);
      connection.send(
          Topics.AUDIT,
          destination.organizationId().value(),
          connection.codecs().audits().encode(Topics.AUDIT, audit));
    }
  }
}
