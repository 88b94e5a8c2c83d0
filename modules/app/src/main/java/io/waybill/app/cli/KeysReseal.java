package io.waybill.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Resealer;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill keys reseal}. */
@Command(
    name = "reseal",
    description = {
      "Seal with the keyset's newest key whatever an older one sealed.",
      "Each destination concerned gets a new version and is otherwise left as it is. When nothing"
          + " is left to reseal, no record that is in use needs the older keys."
    })
final class KeysReseal extends KafkaCommand {
  private static final String FAILED = "failed";

  @Option(names = "--dry-run", description = "Only say which destinations are concerned.")
  private boolean dryRun;

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      paramLabel = "DURATION",
      description = "How long to wait for each answer (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(30);

  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Mixin private final FormOption output = new FormOption();

  private final ArrayNode done = Json.array();
  private int concerned;
  private int failed;

  KeysReseal(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    try (Connection connection = connect();
        TopicTail answers = new TopicTail(connection, Topics.DESTINATION_RESULTS)) {
      Resealer resealer = new Resealer(connection.keyset());
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      List<DestinationSecrets> secrets = destinations.secrets();
      for (Destination destination : destinations.all()) {
        if (!organization.lets(destination.organizationId())) {
          continue;
        }
        List<SealedField> fields = Destinations.fieldsOf(destination.id(), secrets);
        if (!fields.stream().allMatch(resealer::isCurrent)) {
          reseal(destination, fields, resealer, destinations, answers);
        }
      }
    }
    output.print(out(), this::json, this::lines);
    return failed == 0 ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private void reseal(
      Destination destination,
      List<SealedField> fields,
      Resealer resealer,
      Destinations destinations,
      TopicTail answers) {
    List<SealedField> fresh = new ArrayList<>();
    for (SealedField field : fields) {
      Optional<SealedField> done =
          resealer.reseal(
              destination.organizationId(), destination.id(), destination.config(), field);
      if (done.isEmpty()) {
        fail(
            destination,
            "its " + field.name() + " cannot be opened with this keyset: give the value anew");
        return;
      }
      fresh.add(done.get());
    }
    if (dryRun) {
      note(destination, "to-reseal");
      return;
    }
    DestinationCommand.Update update =
        new DestinationCommand.Update(
            destination.label(),
            destination.description(),
            destination.config(),
            destination.fallback(),
            destination.isDefault(),
            fresh,
            // Whoever changes it at the same time wins; the next run seals what he left.
            OptionalLong.of(destination.version()));
    switch (destinations.ask(destination, update, answers, timeout)) {
      case DestinationResult.Applied _ -> note(destination, "resealed");
      case DestinationResult.Refused refused ->
          fail(destination, "it was refused:" + Messages.of(refused.errors()));
    }
  }

  private ObjectNode json() {
    ObjectNode json = Json.object().put("dryRun", dryRun);
    json.put(dryRun ? "toReseal" : "resealed", concerned).put("failed", failed);
    json.set("destinations", done);
    return json;
  }

  private void lines() {
    if (dryRun) {
      for (JsonNode one : done) {
        if (!one.path("result").asText().equals(FAILED)) {
          out()
              .println(one.path("id").asText() + " " + TextTable.plain(one.path("label").asText()));
        }
      }
    }
    out().println((dryRun ? "to reseal: " : "resealed: ") + concerned + ", failed: " + failed);
  }

  private void note(Destination destination, String result) {
    concerned++;
    add(destination, result);
  }

  private void add(Destination destination, String result) {
    done.addObject()
        .put("result", result)
        .put("label", destination.label())
        .put("id", destination.id().value());
  }

  private void fail(Destination destination, String why) {
    failed++;
    add(destination, FAILED);
    err()
        .println(
            "waybill: destination "
                + destination.id()
                + " ('"
                + TextTable.plain(destination.label())
                + "') was not resealed: "
                + why);
    err().flush();
  }
}
