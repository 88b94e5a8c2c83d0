package io.waybill.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Decides wishes for a fallback, and keeps those that cannot be decided yet: not due, or read
 * before the event that makes their delivery known. Used by the one thread of its stream task.
 */
final class Fallbacks {
  /** The events that a command overtook are in Kafka already: they come within moments. */
  static final Duration HOLD_AT_MOST = Duration.ofHours(1);

  private static final Duration FIRST_LOOK = Duration.ofMillis(100);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(30);

  /** What is kept is a little larger than the command, and must fit the store's changelog. */
  static final int LARGEST_KEPT = TopicCatalog.MAX_RECORD_BYTES - 64 * 1024;

  private final Codecs codecs;
  private final StatusConfig config;
  private final Output output;
  private final Deliveries deliveries;
  private final Consumer<Task> sender;
  private final FallbackDecider decider;
  private final KeyValueStore<Bytes, byte[]> waiting;

  /** Nothing is waiting before this key: later looks need not walk over RocksDB's tombstones. */
  private Bytes cursor = WaitingKey.startOf(0);

  /**
   * @param sender forwards a task to the topic of its type
   */
  Fallbacks(
      ProcessorContext<byte[], byte[]> context,
      Codecs codecs,
      StatusConfig config,
      Output output,
      Deliveries deliveries,
      Consumer<Task> sender) {
    this.codecs = codecs;
    this.config = config;
    this.output = output;
    this.deliveries = deliveries;
    this.sender = sender;
    decider = new FallbackDecider(new NewTasks(config.types()));
    waiting = context.getStateStore(StatusNodes.FALLBACKS_STORE);
  }

  /**
   * Takes a command off its topic.
   *
   * @param value the command as it stands there
   */
  void take(
      RecordOrigin origin, byte[] value, DeliveryCommand command, DeliveryCommand.Fallback asked) {
    Instant now = output.now();
    decide(new Kept(origin, Bytes.wrap(value), now), command, asked, now);
  }

  /** Looks again at what is due, within the bounds of one look. */
  void look() {
    // One time for the whole look: what is kept again then lies behind its end.
    Instant now = output.now();
    // Inclusive, but no whole key is this short.
    Bytes end = WaitingKey.startOf(now.toEpochMilli() + 1);
    if (cursor.compareTo(end) > 0) {
      // The clock was set back: nothing is kept before the cursor, so nothing is due.
      return;
    }
    int handled = 0;
    try (KeyValueIterator<Bytes, byte[]> due = waiting.range(cursor, end)) {
      while (due.hasNext()) {
        KeyValue<Bytes, byte[]> entry = due.next();
        waiting.delete(entry.key);
        cursor = entry.key;
        lookAt(entry.key, entry.value, now);
        handled++;
        if (handled >= config.maxFallbacksPerTick()) {
          return;
        }
      }
    }
    cursor = end;
  }

  /** A command with where it stands and when it was first seen. */
  private record Kept(RecordOrigin origin, Bytes value, Instant firstSeen) {}

  private void lookAt(Bytes key, byte[] entry, Instant now) {
    Kept kept =
        new Kept(
            WaitingKey.originOf(key),
            Bytes.wrap(WaitingKey.valueOf(entry)),
            Instant.ofEpochMilli(WaitingKey.firstSeenOf(entry)));
    DeliveryCommand command;
    try {
      command = UntilAvailable.call(() -> codecs.commands().decode(kept.value().get()));
    } catch (UndecodableException e) {
      // Was readable when it came: written by a newer version, or the registry forgot the schema.
      bury(kept, Optional.empty(), e.reason(), e.getMessage());
      return;
    }
    if (command.action() instanceof DeliveryCommand.Fallback asked) {
      decide(kept, command, asked, now);
    }
  }

  private void decide(
      Kept kept, DeliveryCommand command, DeliveryCommand.Fallback asked, Instant now) {
    Optional<DeliveryStatus> before = deliveries.find(command.deliveryId());
    switch (decider.decide(command, asked, before, now)) {
      case FallbackDecision.Granted granted -> {
        deliveries.save(before, granted.status());
        granted.tasks().forEach(sender);
        granted.audit().ifPresent(output::audit);
      }
      case FallbackDecision.Moot _ -> {}
      case FallbackDecision.Later later -> keep(kept, command, later.at());
      case FallbackDecision.Unknown _ -> hold(kept, command, asked, now);
      case FallbackDecision.Impossible impossible ->
          bury(kept, Optional.of(command), Reason.DELIVERY_NOT_FOUND, impossible.message());
    }
  }

  private void hold(
      Kept kept, DeliveryCommand command, DeliveryCommand.Fallback asked, Instant now) {
    Instant since =
        switch (asked.cause()) {
          case DeliveryCommand.Failed _ -> kept.firstSeen();
          case DeliveryCommand.Overdue overdue -> overdue.since();
        };
    Duration held = Duration.between(since, now);
    if (held.compareTo(HOLD_AT_MOST) >= 0) {
      bury(kept, Optional.of(command), Reason.DELIVERY_NOT_FOUND, FallbackDecider.neverKnown());
      return;
    }
    // Doubles the time already waited: many that wait for long must not become a flood.
    long wait = Math.clamp(held.toMillis(), FIRST_LOOK.toMillis(), LONGEST_LOOK.toMillis());
    keep(kept, command, now.plusMillis(wait));
  }

  private void keep(Kept kept, DeliveryCommand command, Instant until) {
    if (kept.value().get().length > LARGEST_KEPT) {
      bury(
          kept,
          Optional.of(command),
          Reason.PAYLOAD_TOO_LARGE,
          "the command must wait, and is too large to be kept: at most "
              + LARGEST_KEPT
              + " bytes; a large payload stays in its request record");
      return;
    }
    Bytes key = WaitingKey.of(until.toEpochMilli(), kept.origin());
    waiting.put(key, WaitingKey.entry(kept.firstSeen().toEpochMilli(), kept.value().get()));
    if (key.compareTo(cursor) < 0) {
      // Only after the clock was set back: due in the future, yet before what was handled.
      cursor = key;
    }
  }

  private void bury(
      Kept kept, Optional<DeliveryCommand> command, Reason reason, @Nullable String message) {
    output.bury(
        StatusNodes.DEAD_LETTERS_SINK,
        kept.origin(),
        command.map(one -> one.deliveryId().toString().getBytes(UTF_8)).orElse(null),
        kept.value().get(),
        command.map(DeliveryCommand::organizationId),
        command.map(DeliveryCommand::deliveryId),
        reason,
        message);
  }
}
