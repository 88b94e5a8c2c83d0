package io.waybill.client;

import io.waybill.client.plan.CommandRefusal;
import io.waybill.wire.Codecs;
import io.waybill.wire.RegistryException;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands that were refused, which only the audit trail tells. Who may not read that waits for the
 * status alone, which is right too, only longer. Safe to share between threads.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private final TopicFeed feed;
  private final Optional<Codecs> codecs;
  private final Map<UUID, Consumer<CommandRefusal>> waiting = new ConcurrentHashMap<>();

  Refusals(TopicFeed feed, Optional<Codecs> codecs) {
    this.feed = feed;
    this.codecs = codecs;
  }

  /**
   * Tells of the refusal of a command, on the reader's thread.
   *
   * @return complete when no refusal of what is published from now on can be missed
   */
  CompletableFuture<Boolean> await(UUID commandId, Consumer<CommandRefusal> refused) {
    waiting.put(commandId, refused);
    return feed.call(reads -> reads.followIfAllowed(Topics.AUDIT, this::take));
  }

  /** Nobody waits for it any more. */
  void forget(UUID commandId) {
    waiting.remove(commandId);
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (waiting.isEmpty() || record.value() == null || codecs.isEmpty()) {
      return;
    }
    try {
      CommandRefusal.of(codecs.get().audits().decode(record.value()))
          .ifPresent(refusal -> {
            Consumer<CommandRefusal> one = waiting.get(refusal.commandId());
            if (one != null) {
              one.accept(refusal);
            }
          });
    } catch (UndecodableException | RegistryException e) {
      // Worst case: who waits for it waits until its time is over.
      LOG.atDebug()
          .addKeyValue("topic", Topics.AUDIT)
          .addKeyValue("problem", e.getMessage())
          .log("an audit record cannot be read and is left out");
    }
  }
}
