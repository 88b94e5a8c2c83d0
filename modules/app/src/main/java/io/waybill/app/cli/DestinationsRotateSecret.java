package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.client.plan.SigningPlan;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.FieldError;
import io.waybill.domain.SealedField;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningRules;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.secrets.Secret;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill destinations rotate-secret}. */
@Command(
    name = "rotate-secret",
    description = {
      "Give a webhook a new signing secret, and show what its receiver needs: once, for it is"
          + " sealed before it is published.",
      "The secret before signs along until the overlap ends, so that the receiver can change over"
          + " in between."
    })
final class DestinationsRotateSecret extends KafkaCommand {
  @Parameters(paramLabel = "ID", description = "The destination's id.")
  private Optional<DestinationId> id = Optional.empty();

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description =
          "File that holds the new secret, - for standard input; without it Waybill makes one.")
  private Optional<Path> secretFile = Optional.empty();

  @Option(
      names = "--overlap",
      paramLabel = "DURATION",
      description = {
        "How long the secret before signs along, 0s to 7d (default: what the destination says).",
        "0s ends every earlier secret at once: for one that has become known."
      })
  private Optional<Duration> overlap = Optional.empty();

  @Mixin private final AskingOption asking = new AskingOption();

  @Mixin private final OutputOption output = new OutputOption();

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      paramLabel = "DURATION",
      description = "How long to wait for the answer (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(30);

  DestinationsRotateSecret(Environment environment) {
    super(environment);
  }

  /** The next key, sealed. A class, because a record would print a new secret. */
  private static final class Next {
    private final WebhookSigning.Key key;
    private final SealedField field;
    private final Optional<SigningPlan.NewSecret> made;

    Next(WebhookSigning.Key key, SealedField field, Optional<SigningPlan.NewSecret> made) {
      this.key = key;
      this.field = field;
      this.made = made;
    }
  }

  @Override
  public Integer call() {
    DestinationId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    List<FieldError> wrong = overlap.map(SigningRules::checkOverlap).orElse(List.of());
    if (!wrong.isEmpty()) {
      throw wrongUsage("--overlap must be 0s to 7d");
    }
    try (Connection connection = connect();
        TopicTail answers = new TopicTail(connection, Topics.DESTINATION_RESULTS)) {
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      Destination destination = destinations.get(wanted, asking, this);
      if (!(destination.config() instanceof WebhookConfig config) || config.signing().isEmpty()) {
        throw CliException.usage(
            "destination "
                + wanted
                + " is not signed: put \"signing\": {} into its config.webhook and apply it");
      }
      WebhookSigning signing = config.signing().get();
      Next next = next(destination, signing, connection);
      WebhookSigning rotated =
          SigningPlan.rotated(
              signing,
              next.key,
              environment().clock().instant(),
              overlap.orElse(signing.overlap()));
      DestinationCommand.Update update =
          new DestinationCommand.Update(
              destination.label(),
              destination.description(),
              config.withSigning(Optional.of(rotated)),
              destination.fallback(),
              destination.isDefault(),
              List.of(next.field),
              OptionalLong.of(destination.version()));
      switch (destinations.ask(destination, update, answers, timeout)) {
        case DestinationResult.Applied applied ->
            print(destination, applied.version(), next, rotated);
        case DestinationResult.Refused refused ->
            throw CliException.failed(
                "destination "
                    + wanted
                    + " keeps its signing secret, because the change was refused:"
                    + Messages.of(refused.errors()));
      }
    }
    return ExitCodes.OK;
  }

  private Next next(Destination destination, WebhookSigning signing, Connection connection) {
    SigningAlgorithm before = signing.current().algorithm();
    Optional<String> given =
        secretFile.map(file -> new String(input(file), StandardCharsets.UTF_8).strip());
    SigningAlgorithm algorithm =
        before == SigningAlgorithm.HEADERS
            ? before
            : given.flatMap(SigningSecrets::algorithmOf).orElse(before);
    Optional<SigningPlan.NewSecret> made =
        given.isPresent()
            ? Optional.empty()
            : Optional.of(new SigningPlan.NewSecret(algorithm, new SecureRandom()));
    given.ifPresent(text -> {
      List<FieldError> wrong = SigningSecrets.check("the secret", algorithm, text);
      if (!wrong.isEmpty()) {
        throw CliException.usage("the new secret cannot be used:" + Messages.of(wrong));
      }
    });
    String text = given.or(() -> made.map(SigningPlan.NewSecret::text)).orElseThrow();
    WebhookSigning.Key key =
        WebhookSigning.Key.current(
            signing.nextNumber(),
            algorithm,
            algorithm == SigningAlgorithm.V1A
                ? Optional.of(SigningSecrets.publicKeyOf(text))
                : Optional.empty());
    Secret secret = Secret.of(text);
    try {
      SealedField field =
          connection
              .sealer()
              .seal(
                  destination.organizationId(),
                  destination.id(),
                  destination.config(),
                  key.credentialName(),
                  secret);
      return new Next(key, field, made);
    } finally {
      secret.destroy();
    }
  }

  private void print(Destination destination, long version, Next next, WebhookSigning rotated) {
    switch (output.get()) {
      case ID -> {
        out().println(destination.id());
        next.made.ifPresent(made -> SecretNote.print(destination.label(), made, err()));
      }
      case JSON -> {
        ObjectNode json =
            Json.object()
                .put("result", "rotated")
                .put("label", destination.label())
                .put("id", destination.id().value())
                .put("version", version);
        next.made.ifPresent(made -> SecretNote.put(made, json));
        Json.print(json, out());
      }
      case TABLE -> {
        TextTable table = new TextTable("RESULT", "LABEL", "ID", "VERSION");
        table.row("rotated", destination.label(), destination.id().value(), Long.toString(version));
        table.print(out());
        next.made.ifPresent(made -> SecretNote.print(destination.label(), made, out()));
        rotated.keys().stream()
            .skip(1)
            .findFirst()
            .flatMap(WebhookSigning.Key::until)
            .ifPresent(
                until -> out().println("The secret before signs along until " + until + "."));
      }
    }
    out().flush();
  }
}
