package io.waybill.app.cli;

import io.waybill.domain.Alert;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill alerts follow}. */
@Command(
    name = "follow",
    description = {
      "Show alerts as they are raised, from now on, until it is stopped.",
      "`waybill alerts list` shows those that were raised before."
    })
final class AlertsFollow extends KafkaCommand {
  @Mixin private final AlertFilter filter = new AlertFilter();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after so many alerts, at least 1.")
  private Optional<Integer> count = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "Fail when no alert was raised for so long.")
  private Optional<Duration> timeout = Optional.empty();

  @Mixin private final OutputOption output = new OutputOption();

  private int shown;

  AlertsFollow(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    if (count.filter(wanted -> wanted < 1).isPresent()) {
      throw wrongUsage("--count must be at least 1");
    }
    try (Connection connection = connect();
        TopicTail tail = new TopicTail(connection, Topics.ALERTS)) {
      Optional<Countdown> quiet = timeout.map(Countdown::new);
      while (!isEnough()) {
        int before = shown;
        tail.poll(record -> show(connection, record));
        if (shown > before) {
          quiet = timeout.map(Countdown::new);
        } else if (quiet.filter(Countdown::isOver).isPresent()) {
          throw CliException.failed(
              "no such alert was raised within " + Durations.words(timeout.orElseThrow()));
        }
      }
    }
    return ExitCodes.OK;
  }

  private boolean isEnough() {
    return count.filter(wanted -> shown >= wanted).isPresent();
  }

  private void show(Connection connection, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null || isEnough()) {
      return;
    }
    try {
      Alert alert = connection.codecs().alerts().decode(record.value());
      if (filter.matches(alert)) {
        AlertView.printLine(alert, output.get(), out());
        shown++;
      }
    } catch (UndecodableException e) {
      warn(TopicScan.unreadable(record, e));
    }
  }
}
