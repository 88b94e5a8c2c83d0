package io.waybill.client;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who waits for the status of what. Only that is kept: of a topic with millions of deliveries those
 * are decoded that somebody asks for. Safe to share between threads.
 */
final class StatusWatch {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWatch.class);

  private final TopicFeed feed;
  private final String topic;
  private final StatusDecoder decoder;
  private final Map<DeliveryId, List<Watcher>> byDelivery = new ConcurrentHashMap<>();
  private final List<OrganizationWatcher> byOrganization = new CopyOnWriteArrayList<>();
  private final Queue<LookUp> lookUps = new ConcurrentLinkedQueue<>();
  private volatile boolean following;

  /**
   * @param topic the status topic whose values the decoder reads
   */
  StatusWatch(TopicFeed feed, String topic, StatusDecoder decoder) {
    this.feed = feed;
    this.topic = topic;
    this.decoder = decoder;
    feed.onFailure(this::failed);
  }

  /** Waits for one delivery. Called on the reader's thread. */
  interface Watcher {
    /**
     * Takes a status.
     *
     * @return whether it waits for no other
     */
    boolean take(DeliveryStatus status);

    /** Reading has failed in a way that does not pass by itself. */
    void failed(RuntimeException e);
  }

  /** One organization's changes. */
  private static final class OrganizationWatcher {
    private final OrganizationId organization;
    private final StatusListener listener;
    private volatile boolean ended;

    /**
     * @param listener may throw, which is logged
     */
    OrganizationWatcher(OrganizationId organization, StatusListener listener) {
      this.organization = organization;
      this.listener = listener;
    }

    void take(DeliveryStatus status) {
      if (!ended && status.organizationId().equals(organization)) {
        tell(listener, status);
      }
    }
  }

  /**
   * An organization that is being followed, or will be.
   *
   * @param begun complete when nothing can be missed any more
   * @param subscription may be closed before that, and then nothing begins
   */
  record Following(CompletableFuture<Boolean> begun, Subscription subscription) {}

  private record LookUp(
      DeliveryId id,
      long since,
      Optional<Watcher> watcher,
      CompletableFuture<Optional<DeliveryStatus>> found) {}

  /** Hands a change over; what the listener throws is its own affair. */
  static void tell(StatusListener listener, DeliveryStatus status) {
    try {
      listener.changed(status);
    } catch (RuntimeException | Error e) {
      // An Error of a listener's too: it would end the one thread that tells all others.
      LOG.atError()
          .setCause(e)
          .addKeyValue("deliveryId", status.deliveryId())
          .log("a status listener failed; it goes on with the next change");
    }
  }

  /** Whether a watcher that is added now sees all that is published from now on. */
  boolean isFollowing() {
    return following;
  }

  /** How many deliveries are waited for. */
  int size() {
    return byDelivery.size();
  }

  /** Adds a watcher that needs nothing of what was published before; see {@link #isFollowing}. */
  void add(DeliveryId id, Watcher watcher) {
    byDelivery.merge(
        id,
        List.of(watcher),
        (before, one) -> {
          List<Watcher> all = new ArrayList<>(before);
          all.addAll(one);
          return List.copyOf(all);
        });
  }

  /** Takes a watcher away again. */
  void remove(DeliveryId id, Watcher watcher) {
    byDelivery.computeIfPresent(
        id,
        (same, before) -> {
          List<Watcher> left = before.stream().filter(one -> !one.equals(watcher)).toList();
          return left.isEmpty() ? null : left;
        });
  }

  /**
   * The newest status of a delivery.
   *
   * @param since when its first can have been written, or {@link TopicFeed.Reads#BEGINNING}
   */
  CompletableFuture<Optional<DeliveryStatus>> find(DeliveryId id, long since) {
    return lookUp(new LookUp(id, since, Optional.empty(), new CompletableFuture<>()));
  }

  /** The same, and hands it and every later one to the watcher. */
  CompletableFuture<Optional<DeliveryStatus>> watch(DeliveryId id, long since, Watcher watcher) {
    return lookUp(new LookUp(id, since, Optional.of(watcher), new CompletableFuture<>()));
  }

  private CompletableFuture<Optional<DeliveryStatus>> lookUp(LookUp lookUp) {
    lookUps.add(lookUp);
    // One reading serves all that have come together by then.
    var unused =
        feed.call(this::lookUpAll)
            .whenComplete((done, e) -> {
              if (e != null) {
                lookUp.found.completeExceptionally(e);
              }
            });
    return lookUp.found;
  }

  private boolean lookUpAll(TopicFeed.Reads reads) {
    List<LookUp> all = new ArrayList<>();
    for (LookUp next = lookUps.poll(); next != null; next = lookUps.poll()) {
      all.add(next);
    }
    if (all.isEmpty()) {
      return true;
    }
    try {
      lookUp(all, reads);
    } catch (RuntimeException e) {
      all.forEach(one -> one.found.completeExceptionally(e));
      throw e;
    }
    return true;
  }

  private void lookUp(List<LookUp> all, TopicFeed.Reads reads) {
    if (all.stream().anyMatch(one -> one.watcher.isPresent())) {
      reads.follow(topic, this::take);
      following = true;
    }
    int partitions = reads.partitions(topic);
    Map<Integer, Long> since = new HashMap<>();
    Map<String, Optional<byte[]>> newest = new HashMap<>();
    for (LookUp one : all) {
      String key = one.id.toString();
      newest.put(key, Optional.empty());
      since.merge(RequestKeys.partitionOf(key, partitions), one.since, Math::min);
    }
    reads.read(
        topic,
        since,
        record ->
            newest.computeIfPresent(
                key(record), (key, old) -> Optional.ofNullable(record.value())));
    for (LookUp one : all) {
      Optional<DeliveryStatus> status =
          newest.getOrDefault(one.id.toString(), Optional.empty()).flatMap(this::decode);
      boolean done = one.watcher.isPresent() && status.filter(one.watcher.get()::take).isPresent();
      if (!done) {
        one.watcher.ifPresent(watcher -> add(one.id, watcher));
      }
      one.found.complete(status);
    }
  }

  /**
   * Hands every change of an organization's deliveries to the listener.
   *
   * @param since also what was written from this time on
   */
  Following follow(OrganizationId organization, Optional<Instant> since, StatusListener listener) {
    OrganizationWatcher watcher = new OrganizationWatcher(organization, listener);
    CompletableFuture<Boolean> begun = feed.call(reads -> begin(reads, watcher, since));
    return new Following(
        begun,
        () -> {
          watcher.ended = true;
          byOrganization.remove(watcher);
        });
  }

  private boolean begin(
      TopicFeed.Reads reads, OrganizationWatcher watcher, Optional<Instant> since) {
    if (!watcher.ended) {
      reads.follow(topic, this::take);
      following = true;
      since.ifPresent(from -> {
        Map<Integer, Long> all = new HashMap<>();
        for (int i = 0; i < reads.partitions(topic); i++) {
          all.put(i, from.toEpochMilli());
        }
        reads.read(
            topic,
            all,
            record ->
                Optional.ofNullable(record.value()).flatMap(this::decode).ifPresent(watcher::take));
      });
      byOrganization.add(watcher);
    }
    if (watcher.ended) {
      // Given up while this went on, perhaps before it was added.
      byOrganization.remove(watcher);
    }
    return !watcher.ended;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      return;
    }
    Optional<DeliveryId> id = DeliveryId.parse(key(record));
    List<Watcher> watchers =
        id.map(each -> byDelivery.getOrDefault(each, List.of())).orElse(List.of());
    if (watchers.isEmpty() && byOrganization.isEmpty()) {
      return;
    }
    decode(value)
        .ifPresent(status -> {
          for (Watcher watcher : watchers) {
            if (watcher.take(status)) {
              remove(status.deliveryId(), watcher);
            }
          }
          byOrganization.forEach(watcher -> watcher.take(status));
        });
  }

  /** Everybody who waits hears that it is in vain. */
  private void failed(RuntimeException e) {
    List.copyOf(byDelivery.values()).forEach(all -> all.forEach(watcher -> watcher.failed(e)));
  }

  private Optional<DeliveryStatus> decode(byte[] value) {
    try {
      return Optional.of(decoder.decode(value));
    } catch (UndecodableException e) {
      LOG.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("problem", e.getMessage())
          .log("a status cannot be read and is left out");
      return Optional.empty();
    }
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
  }
}
