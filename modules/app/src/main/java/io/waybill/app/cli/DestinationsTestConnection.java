package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.Outcome;
import io.waybill.domain.RawJson;
import io.waybill.secrets.Keyset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill destinations test}. */
@Command(
    name = "test",
    description = {
      "Try the way to a destination, from this machine, with the code that senders use: address"
          + " guard, connection, TLS, credentials.",
      "A webhook gets an event of type waybill.test. Of a mail server and an object store only the"
          + " way is tried; with --deliver a mail is sent or an object written. Nothing is"
          + " published to any topic."
    })
final class DestinationsTestConnection extends KafkaCommand {
  private final ConnectionTester tester;

  @Parameters(paramLabel = "ID", description = "The destination's id.")
  private Optional<DestinationId> id = Optional.empty();

  @Option(
      names = "--deliver",
      description = "Send a mail to the recipients, or write an object, that says it is a test.")
  private boolean deliver;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "JSON to send instead of Waybill's own, for templates that ask for fields; - is standard"
              + " input.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The senders' configuration, whose allowCidrs, allowPorts, email, storage and"
              + " egressProxy then hold. Default: what the Waybill on --data-dir allows.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--allow-cidr",
      paramLabel = "CIDR",
      description = "Without --config: a network that the senders' operator allows.")
  private List<String> allowCidrs = new ArrayList<>();

  @Option(
      names = "--allow-unencrypted-smtp",
      paramLabel = "HOST",
      description = "Without --config: a mail server that may do without TLS.")
  private List<String> allowUnencryptedSmtp = new ArrayList<>();

  @Mixin private final AskingOption asking = new AskingOption();

  @Mixin private final FormOption output = new FormOption();

  DestinationsTestConnection(Environment environment, ConnectionTester tester) {
    super(environment);
    this.tester = tester;
  }

  @Override
  public Integer call() {
    DestinationId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    if (config.isPresent() && !(allowCidrs.isEmpty() && allowUnencryptedSmtp.isEmpty())) {
      throw wrongUsage("--config says what is allowed: leave the other --allow options out");
    }
    try (Connection connection = connect()) {
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      Destination destination = destinations.get(wanted, asking, this);
      boolean hasCredentials = !destination.config().credentialNames().isEmpty();
      Optional<Keyset> keyset =
          hasCredentials ? Optional.of(connection.keyset()) : Optional.empty();
      ConnectionTester.Test test =
          new ConnectionTester.Test(
              destination,
              secretsOf(destination, destinations.secrets()),
              keyset,
              operator(),
              data.map(file -> new RawJson(input(file))).orElse(ConnectionReport.ownData()),
              deliver);
      ConnectionTester.Result result = tester.run(test);
      print(new ConnectionReport(destination, deliver, result));
      return result.outcome() instanceof Outcome.Delivered ? ExitCodes.OK : ExitCodes.FAILED;
    }
  }

  private ConnectionTester.Operator operator() {
    List<String> cidrs = new ArrayList<>(allowCidrs);
    List<String> smtp = new ArrayList<>(allowUnencryptedSmtp);
    if (config.isEmpty()) {
      running()
          .ifPresent(endpoint -> {
            cidrs.addAll(endpoint.allowCidrs());
            smtp.addAll(endpoint.allowUnencryptedSmtp());
          });
    }
    return new ConnectionTester.Operator(config.map(environment()::resolve), cidrs, smtp);
  }

  static DestinationSecrets secretsOf(Destination destination, List<DestinationSecrets> all) {
    return all.stream()
        .filter(one -> one.destinationId().equals(destination.id()))
        .findFirst()
        .orElseGet(() ->
            new DestinationSecrets(
                destination.id(), destination.organizationId(), destination.version(), List.of()));
  }

  private void print(ConnectionReport report) {
    output.print(
        out(),
        () -> {
          ObjectNode json = Json.object();
          report.lines().forEach(json::put);
          return json;
        },
        () ->
            report
                .lines()
                .forEach(
                    (name, words) -> out().printf("%-12s %s%n", name, TextTable.plain(words))));
  }
}
