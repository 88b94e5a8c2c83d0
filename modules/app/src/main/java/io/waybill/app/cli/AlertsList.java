package io.waybill.app.cli;

import io.waybill.domain.Alert;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill alerts list}. */
@Command(name = "list", description = "List alerts, the oldest first.")
final class AlertsList extends KafkaCommand {
  @Mixin private final AlertFilter filter = new AlertFilter();

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      description = "Not older than this, for example 30m, 2h or 7d.")
  private Optional<Duration> since = Optional.empty();

  @Mixin private final OutputOption output = new OutputOption();

  AlertsList(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    Optional<Instant> oldest = since.map(environment().clock().instant()::minus);
    List<Alert> found = new ArrayList<>();
    try (Connection connection = connect()) {
      new TopicScan(connection, this::warn)
          .read(
              Topics.ALERTS,
              connection.codecs().alerts(),
              (alert, record) -> {
                if (filter.matches(alert) && oldest.map(alert.raisedAt()::isAfter).orElse(true)) {
                  found.add(alert);
                }
              });
    }
    found.sort(Comparator.comparing(Alert::raisedAt));
    AlertView.print(found, output.get(), out());
    return ExitCodes.OK;
  }
}
