package io.waybill.app.cli;

import io.waybill.client.plan.CommandRefusal;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands about one delivery share. */
abstract class DeliveriesCommand extends KafkaCommand {
  @Parameters(paramLabel = "ID", description = "The delivery's id.")
  private Optional<DeliveryId> id = Optional.empty();

  @Mixin private final AskingOption asking = new AskingOption();

  @Mixin private final OutputOption output = new OutputOption();

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      paramLabel = "DURATION",
      description = "How long to wait for the status to show it (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(30);

  DeliveriesCommand(Environment environment) {
    super(environment);
  }

  /**
   * What to ask for, and how the status shows that it was done.
   *
   * @param action of the command
   * @param done whether a status shows it
   */
  record Wish(DeliveryCommand.Action action, Predicate<DeliveryStatus> done) {}

  /**
   * Looks at the delivery as it is.
   *
   * @throws CliException when there is nothing to ask for
   */
  abstract Wish wish(DeliveryStatus now);

  @Override
  public final Integer call() {
    DeliveryId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    try (Connection connection = connect();
        StatusFeed feed = new StatusFeed(connection, Set.of(wanted), this::warn);
        Refusals refusals = RefusalFeed.over(connection, this::warn)) {
      DeliveryStatus now =
          asking.own(feed.of(wanted), this, connection).orElseThrow(() -> Status.unknown(wanted));
      Wish wish = wish(now);
      UUID commandId = UUID.randomUUID();
      DeliveryCommand command =
          new DeliveryCommand(
              commandId,
              wanted,
              now.organizationId(),
              environment().actor(),
              environment().clock().instant(),
              wish.action());
      refusals.expect(commandId);
      connection.send(
          Topics.COMMANDS,
          wanted.toString(),
          connection.codecs().commands().encode(Topics.COMMANDS, command));
      Countdown countdown = new Countdown(timeout);
      feed.await(
          () -> {
            refusals.poll();
            return countdown.isOver()
                || refusals.of(commandId).isPresent()
                || feed.of(wanted).filter(wish.done()).isPresent();
          },
          timeout);
      DeliveryStatus after = feed.of(wanted).orElse(now);
      if (!wish.done().test(after)) {
        refusals
            .of(commandId)
            .ifPresent(refusal -> {
              throw refused(wanted, refusal, after);
            });
        throw CliException.failed(
            "the command is published, but the status of delivery "
                + wanted
                + " does not show it within "
                + Durations.words(timeout)
                + " ("
                + StatusView.summary(after)
                + "). Check that Waybill's status role runs, then look with `waybill status "
                + wanted
                + "`");
      }
      StatusView.print(after, output.get(), out());
    }
    return ExitCodes.OK;
  }

  private static CliException refused(
      DeliveryId id, CommandRefusal refusal, DeliveryStatus status) {
    return refusal.isOfNoDelivery()
        ? Status.unknown(id)
        : CliException.failed(
            "Waybill has refused the command for delivery "
                + id
                + ", and nothing has changed: "
                + refusal.words()
                + " ("
                + StatusView.summary(status)
                + ")");
  }
}
