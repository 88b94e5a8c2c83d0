package io.waybill.app.cli;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill status}. */
@Command(name = "status", description = "Show where a delivery stands, for each destination.")
final class Status extends KafkaCommand {
  private static final Duration FIRST_WITHIN = Duration.ofSeconds(5);

  @Parameters(paramLabel = "ID", description = "The delivery's id.")
  private Optional<DeliveryId> id = Optional.empty();

  @Option(names = "--watch", description = "Show every change until the delivery has ended.")
  private boolean watch;

  @Option(
      names = "--timeout",
      defaultValue = "1h",
      paramLabel = "DURATION",
      description =
          "With --watch: give up when nothing has changed for so long (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofHours(1);

  @Mixin private final AskingOption asking = new AskingOption();

  @Mixin private final OutputOption output = new OutputOption();

  Status(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    DeliveryId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    try (Connection connection = connect();
        StatusFeed feed = new StatusFeed(connection, Set.of(wanted), this::warn)) {
      if (watch) {
        // A request that was published a moment ago has no status yet.
        feed.await(() -> feed.of(wanted).isPresent(), FIRST_WITHIN);
      }
      DeliveryStatus now =
          asking.own(feed.of(wanted), this, connection).orElseThrow(() -> unknown(wanted));
      StatusView.print(now, output.get(), out());
      if (watch && !StatusView.hasEnded(now)) {
        watch(feed, wanted);
      }
    }
    return ExitCodes.OK;
  }

  private void watch(StatusFeed feed, DeliveryId wanted) {
    boolean ended =
        feed.await(
            () -> feed.of(wanted).map(StatusView::hasEnded).orElse(true),
            timeout,
            () -> feed.of(wanted).ifPresent(this::printChange));
    if (!ended) {
      throw CliException.failed(
          "delivery " + wanted + " has not changed for " + Durations.words(timeout));
    }
  }

  private void printChange(DeliveryStatus status) {
    if (output.get() == Output.TABLE) {
      out().println();
    }
    StatusView.print(status, output.get(), out());
  }

  static CliException unknown(DeliveryId id) {
    return CliException.failed(
        "no such delivery: "
            + id
            + ". It was never accepted or rejected here, its status is past its retention, or it"
            + " was published a moment ago; dead letters without a delivery are shown by `waybill"
            + " dead-letters list`");
  }
}
