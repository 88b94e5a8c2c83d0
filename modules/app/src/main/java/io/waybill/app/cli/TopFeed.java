package io.waybill.app.cli;

import io.waybill.app.telemetry.Stage;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationType;
import io.waybill.fanout.FanOutTopology;
import io.waybill.wire.Codec;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What {@code waybill top} knows: every destination with its health, and how many events there were
 * since the last look. Grows with the destinations, not with what is delivered. Used by one thread.
 */
final class TopFeed implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Connection connection;
  private final OrganizationFilter organization;
  private final List<DestinationType> types;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<String, Destination> destinations = new HashMap<>();
  private final Map<String, DestinationHealth> healths = new HashMap<>();
  private final TopRates rates = new TopRates();
  private long countedSince;

  /** Reads what is known of destinations now; events count from now on. */
  TopFeed(Connection connection, OrganizationFilter organization) {
    this.connection = connection;
    this.organization = organization;
    this.types =
        List.of(DestinationType.values()).stream()
            .filter(type -> connection.has(Topics.tasks(type)))
            .toList();
    List<TopicPartition> states = new ArrayList<>(connection.partitions(Topics.DESTINATIONS));
    states.addAll(connection.partitions(Topics.DESTINATION_HEALTH));
    List<TopicPartition> events = connection.partitions(Topics.EVENTS);
    List<TopicPartition> all = new ArrayList<>(states);
    all.addAll(events);
    this.consumer = connection.consumer();
    try {
      consumer.assign(all);
      consumer.seekToBeginning(states);
      consumer.seekToEnd(events);
      // seekToEnd only takes a note; asking for the position makes it look where the end is now.
      events.forEach(consumer::position);
      countedSince = System.nanoTime();
      TopicScan.toEnd(consumer, this::take);
    } catch (KafkaException e) {
      consumer.close();
      throw connection.failure(e);
    }
  }

  /** Reads for a while, and tells what there is then and what has happened. */
  TopReport look(Duration during, TopSort sort, int rows, InstantSource clock) {
    Countdown countdown = new Countdown(during);
    try {
      while (!countdown.isOver()) {
        consumer.poll(countdown.left(POLL)).forEach(this::take);
      }
    } catch (KafkaException e) {
      throw connection.failure(e);
    }
    long end = System.nanoTime();
    Duration over = Duration.ofNanos(end - countedSince);
    countedSince = end;
    TopReport report = report(over, sort, rows, clock.instant());
    rates.reset();
    return report;
  }

  private TopReport report(Duration over, TopSort sort, int rows, Instant now) {
    Optional<String> problem = Optional.empty();
    Map<String, Long> lags = new HashMap<>();
    List<Stage> stages = Stage.ofRoad(List.of(Topics.REQUESTS), types);
    try {
      if (organization.organization().isEmpty()) {
        // Each time, for a topic may be added while somebody looks.
        stages =
            Stage.ofRoad(
                requestTopics(connection.groupLag().topics(FanOutTopology.APPLICATION_ID)), types);
      }
      lags.putAll(lags(stages));
    } catch (KafkaException e) {
      // Shown, and asked again at the next look: a live view outlives a broker's restart.
      problem = Optional.of("lag is not known: " + Messages.of(e));
    }
    Map<String, OptionalLong> behind = new HashMap<>();
    stages.stream()
        .filter(stage -> stage.type().isEmpty())
        .forEach(stage -> behind.put(stage.topic(), of(lags, stage.topic())));
    Map<DestinationType, TopReport.OfType> byType = new EnumMap<>(DestinationType.class);
    types.forEach(type -> byType.put(type, ofType(type, lags, over)));
    List<HealthView> shown = new ArrayList<>();
    destinations.forEach((id, destination) ->
        shown.add(new HealthView(destination, Optional.ofNullable(healths.get(id)), now)));
    shown.sort(sort.order());
    List<HealthView> first = shown.subList(0, Math.min(rows, shown.size()));
    return new TopReport(
        now,
        organization.organization(),
        over,
        rates.requests(over),
        organization.organization().isEmpty() ? behind : Map.of(),
        byType,
        first,
        shown.size() - first.size(),
        unread(),
        problem);
  }

  /** The topics of requests, as what fan-out has committed tells: no command knows the mapping. */
  static Set<String> requestTopics(Set<String> committed) {
    Set<String> topics = new TreeSet<>(committed);
    TopicCatalog.topics(1, EnumSet.allOf(DestinationType.class))
        .forEach(own -> topics.remove(own.name()));
    topics.add(Topics.REQUESTS);
    return topics;
  }

  private TopReport.OfType ofType(DestinationType type, Map<String, Long> lags, Duration over) {
    long backlog =
        healths.values().stream()
            .filter(health -> health.type() == type)
            .mapToLong(DestinationHealth::backlog)
            .sum();
    return new TopReport.OfType(
        of(lags, Topics.tasks(type)),
        of(lags, Topics.expressTasks(type)),
        of(lags, Topics.retry(type)),
        backlog,
        rates.tasks(type, over));
  }

  private Map<String, Long> lags(List<Stage> stages) {
    if (organization.organization().isPresent()) {
      // A group's offsets do not tell whose the records are.
      return Map.of();
    }
    Map<String, Long> lags = new HashMap<>();
    stages.stream()
        .collect(
            Collectors.groupingBy(
                Stage::group, Collectors.mapping(Stage::topic, Collectors.toList())))
        .forEach((group, topics) -> lags.putAll(connection.groupLag().of(group, topics)));
    return lags;
  }

  private static OptionalLong of(Map<String, Long> lags, String topic) {
    Long lag = lags.get(topic);
    return lag == null ? OptionalLong.empty() : OptionalLong.of(lag);
  }

  private long unread() {
    return consumer.assignment().stream()
        .filter(partition -> partition.topic().equals(Topics.EVENTS))
        .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
        .sum();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    switch (record.topic()) {
      case Topics.DESTINATIONS ->
          keep(record, connection.codecs().destinations(), destinations, this::isShown);
      case Topics.DESTINATION_HEALTH ->
          keep(
              record,
              connection.codecs().health(),
              healths,
              health -> organization.lets(health.organizationId()));
      default -> count(record);
    }
  }

  private boolean isShown(Destination destination) {
    return !destination.deleted() && organization.lets(destination.organizationId());
  }

  private static <T> void keep(
      ConsumerRecord<byte[], byte[]> record,
      Codec<T> codec,
      Map<String, T> into,
      Predicate<T> wanted) {
    if (record.key() == null) {
      return;
    }
    String key = new String(record.key(), StandardCharsets.UTF_8);
    Optional<T> value = decoded(record, codec).filter(wanted);
    value.ifPresentOrElse(one -> into.put(key, one), () -> into.remove(key));
  }

  private void count(ConsumerRecord<byte[], byte[]> record) {
    decoded(record, connection.codecs().events())
        .filter(event -> organization.lets(event.organizationId()))
        .ifPresent(rates::count);
  }

  /** Nothing of a tombstone, nor of a poison record: whoever owns the topic deals with that. */
  private static <T> Optional<T> decoded(ConsumerRecord<byte[], byte[]> record, Codec<T> codec) {
    if (record.value() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(codec.decode(record.value()));
    } catch (UndecodableException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
