package io.waybill.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Counts, for each destination, the tasks of one partition's deliveries that have not ended, and
 * tells the counts that have changed every few seconds. Both processors of a stream task have one
 * over the same store.
 *
 * <p>Of deliveries that were under way before anything was counted, only the end is seen; so a
 * count is never below zero.
 */
final class OpenTasks {
  private final Codecs codecs;
  private final Output output;
  private final int partition;
  private final KeyValueStore<String, byte[]> store;

  /** Whose count has changed since it was told, and what else there is to tell. */
  private final Map<String, Owner> changed = new HashMap<>();

  private record Owner(OrganizationId organization, DestinationType type) {}

  OpenTasks(ProcessorContext<byte[], byte[]> context, Codecs codecs, Output output) {
    this.codecs = codecs;
    this.output = output;
    partition = context.taskId().partition();
    store = context.getStateStore(StatusNodes.OPEN_TASKS_STORE);
  }

  /** Tells all counts at the next look: what had changed before a crash was perhaps never told. */
  void tellAll() {
    try (var all = store.all()) {
      all.forEachRemaining(entry -> changed.put(entry.key, ownerOf(entry.value)));
    }
  }

  /** Takes what a change of a delivery does to the counts. */
  void changed(Optional<DeliveryStatus> before, DeliveryStatus after) {
    List<DestinationStatus> old = before.map(DeliveryStatus::destinations).orElse(List.of());
    for (DestinationStatus destination : after.destinations()) {
      int was = old.stream().anyMatch(one -> isSame(one, destination) && isOpen(one)) ? 1 : 0;
      int is = isOpen(destination) ? 1 : 0;
      if (was != is) {
        add(
            destination.destinationId(),
            new Owner(after.organizationId(), destination.type().orElseThrow()),
            is - was);
      }
    }
  }

  private static boolean isSame(DestinationStatus one, DestinationStatus other) {
    return one.destinationId().equals(other.destinationId());
  }

  private static boolean isOpen(DestinationStatus destination) {
    return destination.taskId().isPresent()
        && destination.type().isPresent()
        && !destination.state().isTerminal();
  }

  private void add(String destination, Owner owner, int difference) {
    byte[] value = store.get(destination);
    long open = Math.max(0, (value == null ? 0 : countOf(value)) + difference);
    store.put(destination, encode(open, owner));
    changed.put(destination, owner);
  }

  /** Tells the counts that have changed. */
  void tell() {
    for (var entry : changed.entrySet()) {
      String destination = entry.getKey();
      byte[] value = store.get(destination);
      long open = value == null ? 0 : countOf(value);
      Owner owner = value == null ? entry.getValue() : ownerOf(value);
      if (value != null && open == 0) {
        store.delete(destination);
      }
      output.send(
          StatusNodes.BACKLOG_SINK,
          Topics.STATUS_SIGNALS,
          codecs.healthSignals(),
          destination,
          new HealthSignal.Backlog(
              new DestinationId(destination),
              owner.organization(),
              owner.type(),
              partition,
              open,
              output.now()));
    }
    changed.clear();
  }

  /** The count, the type's word, a slash, the organization. */
  private static byte[] encode(long open, Owner owner) {
    byte[] text = (owner.type().word() + "/" + owner.organization()).getBytes(UTF_8);
    return ByteBuffer.allocate(Long.BYTES + text.length).putLong(open).put(text).array();
  }

  private static Owner ownerOf(byte[] value) {
    String text = new String(value, Long.BYTES, value.length - Long.BYTES, UTF_8);
    int slash = text.indexOf('/');
    return new Owner(
        new OrganizationId(text.substring(slash + 1)),
        DestinationType.parse(text.substring(0, slash)).orElseThrow());
  }

  private static long countOf(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }
}
