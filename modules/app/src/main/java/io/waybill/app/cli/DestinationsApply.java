package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.client.plan.DestinationPlan;
import io.waybill.client.plan.SigningPlan;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.FieldError;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Resealer;
import io.waybill.wire.DestinationJson;
import io.waybill.wire.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill destinations apply}. */
@Command(
    name = "apply",
    description = {
      "Create or update destinations from a JSON file: one object or an array of them.",
      "A destination is found by its organization and label. Header values are sealed before"
          + " anything is published; what is already so is left alone."
    })
final class DestinationsApply extends KafkaCommand {
  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "JSON file, - for standard input.")
  private Path file = Path.of("-");

  @Mixin private final FileOwnerOption owner = new FileOwnerOption();

  @Mixin private final OutputOption output = new OutputOption();

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      paramLabel = "DURATION",
      description = "How long to wait for each answer (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(30);

  DestinationsApply(Environment environment) {
    super(environment);
  }

  /** How one destination came out. A class, because a record would print a new secret. */
  private static final class Done {
    private final String result;
    private final String label;
    private final DestinationId id;
    private final long version;
    private final Optional<SigningPlan.NewSecret> made;

    Done(
        String result,
        String label,
        DestinationId id,
        long version,
        Optional<SigningPlan.NewSecret> made) {
      this.result = result;
      this.label = label;
      this.id = id;
      this.version = version;
      this.made = made;
    }
  }

  /** What is to be done, and the secret that was made for it. Not printed, for the same reason. */
  private static final class Planned {
    private final DestinationPlan plan;
    private final Optional<SigningPlan.NewSecret> made;

    Planned(DestinationPlan plan, Optional<SigningPlan.NewSecret> made) {
      this.plan = plan;
      this.made = made;
    }
  }

  @Override
  public Integer call() {
    List<DestinationJson.Valid> wishes = valid(DestinationJson.parseAll(input(file)));
    List<Done> done = new ArrayList<>();
    boolean refused = false;
    try (Connection connection = connect();
        TopicTail answers = new TopicTail(connection, Topics.DESTINATION_RESULTS)) {
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      List<Destination> existing = destinations.all();
      List<DestinationSecrets> secrets = destinations.secrets();
      // All are planned, and so sealed, before the first is published: all that can be wrong with
      // the files shows before anything has changed.
      List<Planned> plans =
          wishes.stream().map(wish -> plan(wish, existing, secrets, connection)).toList();
      for (int i = 0; i < wishes.size(); i++) {
        DestinationJson.Spec spec = wishes.get(i).spec();
        Optional<Done> one = carryOut(spec, plans.get(i), destinations, answers);
        one.ifPresent(done::add);
        refused |= one.isEmpty();
      }
    } finally {
      print(done);
    }
    return refused ? ExitCodes.FAILED : ExitCodes.OK;
  }

  private List<DestinationJson.Valid> valid(List<DestinationJson.Parsed> parsed) {
    List<DestinationJson.Valid> valid = new ArrayList<>();
    StringBuilder problems = new StringBuilder();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < parsed.size(); i++) {
      String where = parsed.size() == 1 ? "" : " (number " + (i + 1) + " in the list)";
      switch (parsed.get(i)) {
        case DestinationJson.Invalid invalid ->
            problems
                .append(problems.isEmpty() ? "" : System.lineSeparator())
                .append("the destination in " + file + where + " is not valid:")
                .append(Messages.of(invalid.errors()));
        case DestinationJson.Valid good -> {
          DestinationJson.Spec spec = good.spec();
          owner.check(spec.organizationId(), "the destination in " + file + where);
          if (!seen.add(spec.organizationId() + "/" + spec.label())) {
            FieldError twice =
                new FieldError(
                    "label", "duplicate", "is used twice for the same organization in this file");
            problems
                .append(problems.isEmpty() ? "" : System.lineSeparator())
                .append("the destination in " + file + where + " is not valid:")
                .append(Messages.of(List.of(twice)));
          }
          good.warnings().forEach(warning -> warn("'" + spec.label() + "': " + warning));
          valid.add(good);
        }
      }
    }
    if (!problems.isEmpty()) {
      throw CliException.usage(
          problems
              + System.lineSeparator()
              + "Nothing was published; correct the file and apply"
              + " it again");
    }
    return valid;
  }

  private Planned plan(
      DestinationJson.Valid wish,
      List<Destination> existing,
      List<DestinationSecrets> secrets,
      Connection connection) {
    Optional<Destination> same =
        existing.stream()
            .filter(d -> d.organizationId().equals(wish.spec().organizationId()))
            .filter(d -> d.label().equals(wish.spec().label()))
            .findFirst();
    List<SealedField> stored =
        same.map(d -> Destinations.fieldsOf(d.id(), secrets)).orElse(List.of());
    SigningPlan signing =
        SigningPlan.of(
            wish,
            same,
            stored,
            connection::sealer,
            new SecureRandom(),
            environment().clock().instant());
    return new Planned(
        DestinationPlan.of(
            signing.wish(),
            same,
            stored,
            connection::sealer,
            (organization, id, config, field) ->
                connection.hasKeyset()
                    ? new Resealer(connection.keyset())
                        .reseal(organization, id, config, field)
                        .orElse(field)
                    : field,
            () -> new DestinationId(UUID.randomUUID().toString())),
        signing.made());
  }

  /** Nothing when it was refused, which has then been said. */
  private Optional<Done> carryOut(
      DestinationJson.Spec spec, Planned planned, Destinations destinations, TopicTail answers) {
    return switch (planned.plan) {
      case DestinationPlan.Unchanged same ->
          Optional.of(
              new Done("unchanged", spec.label(), same.id(), same.version(), Optional.empty()));
      case DestinationPlan.Create create ->
          outcome(
              "created",
              spec,
              planned.made,
              ask(spec, create.id(), create.action(), destinations, answers));
      case DestinationPlan.Update update ->
          outcome(
              "updated",
              spec,
              planned.made,
              ask(spec, update.id(), update.action(), destinations, answers));
    };
  }

  private DestinationResult ask(
      DestinationJson.Spec spec,
      DestinationId id,
      DestinationCommand.Action action,
      Destinations destinations,
      TopicTail answers) {
    DestinationCommand command =
        new DestinationCommand(
            UUID.randomUUID(),
            spec.organizationId(),
            id,
            environment().actor(),
            environment().clock().instant(),
            action);
    return destinations.ask(command, answers, timeout);
  }

  private Optional<Done> outcome(
      String word,
      DestinationJson.Spec spec,
      Optional<SigningPlan.NewSecret> made,
      DestinationResult result) {
    return switch (result) {
      case DestinationResult.Applied applied ->
          Optional.of(
              new Done(word, spec.label(), applied.destinationId(), applied.version(), made));
      case DestinationResult.Refused refused -> {
        err()
            .println(
                "waybill: destination '"
                    + TextTable.plain(spec.label())
                    + "' of "
                    + spec.organizationId()
                    + " was refused, and nothing has changed:"
                    + Messages.of(refused.errors()));
        err().flush();
        yield Optional.empty();
      }
    };
  }

  private void print(List<Done> done) {
    switch (output.get()) {
      case ID -> {
        done.forEach(one -> out().println(one.id));
        // Not among the ids: who reads them reads nothing else.
        notes(done, err());
      }
      case JSON -> {
        ArrayNode array = Json.array();
        for (Done one : done) {
          ObjectNode json =
              array
                  .addObject()
                  .put("result", one.result)
                  .put("label", one.label)
                  .put("id", one.id.value())
                  .put("version", one.version);
          one.made.ifPresent(made -> SecretNote.put(made, json));
        }
        Json.print(array, out());
      }
      case TABLE -> {
        TextTable table = new TextTable("RESULT", "LABEL", "ID", "VERSION");
        done.forEach(
            one -> table.row(one.result, one.label, one.id.value(), Long.toString(one.version)));
        if (!done.isEmpty()) {
          table.print(out());
        }
        notes(done, out());
      }
    }
    out().flush();
  }

  private static void notes(List<Done> done, PrintWriter to) {
    done.forEach(one -> one.made.ifPresent(made -> SecretNote.print(one.label, made, to)));
  }
}
