package io.waybill.bench;

import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * One broker with its registry, Waybill's topics and a catalog of destinations: the laboratory's
 * own, or another beside it, so that what differs between two of them can be compared in turns. The
 * receivers and the keyset are the laboratory's in each. For one thread.
 */
final class Installation implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Child broker;
  private final String bootstrapServers;
  private final String registryUrl;
  private final int partitions;
  private final Codecs codecs;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;

  private Installation(
      Lab lab, Options options, Child broker, String bootstrapServers, String registryUrl) {
    this.broker = broker;
    this.bootstrapServers = bootstrapServers;
    this.registryUrl = registryUrl;
    this.partitions = options.partitions();
    this.codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registryUrl)));
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    this.producer = lab.producer(bootstrapServers);
  }

  /** The laboratory's own, with all its destinations. */
  static Installation of(Lab lab, Options options) {
    return new Installation(lab, options, lab.broker(), lab.bootstrapServers(), lab.registryUrl());
  }

  /** Starts another beside it, with so many destinations; its processes end with the laboratory. */
  static Installation start(Lab lab, Options options, String name, int destinations) {
    Child broker =
        lab.start(
            name, BrokerMain.class, Lab.SUPPORT, lab.place(Lab.DATA + "-of-" + name).toString());
    String[] addresses = broker.awaitReady(Lab.READY).split(" ", -1);
    Installation started = new Installation(lab, options, broker, addresses[0], addresses[1]);
    lab.createTopics(started.admin);
    lab.publishDestinations(destinations, started.producer, started.codecs);
    return started;
  }

  Child broker() {
    return broker;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  String registryUrl() {
    return registryUrl;
  }

  Codecs codecs() {
    return codecs;
  }

  /** Puts a task where fan-out would; not waited for. */
  Future<RecordMetadata> task(int destination, byte[] payload, int priority) {
    Task task = Traffic.task(destination, payload, priority, Instant.now());
    String topic = task.isExpress() ? Topics.expressTasks(Traffic.TYPE) : Lab.TASKS;
    return producer.send(
        new ProducerRecord<>(topic, Lab.key(destination), codecs.tasks().encode(topic, task)));
  }

  /** Puts a task where senders put those that wait; not waited for. */
  Future<RecordMetadata> park(int destination, byte[] payload, Instant due) {
    String topic = Topics.retry(Traffic.TYPE);
    ParkedTask parked =
        new ParkedTask(
            Traffic.task(destination, payload, Traffic.ORDINARY, due), due, Reason.RETRY);
    return producer.send(
        new ProducerRecord<>(
            topic, Lab.key(destination), codecs.parkedTasks().encode(topic, parked)));
  }

  /** Where each partition of a topic ends by now. */
  Map<TopicPartition, Long> ends(String topic) {
    Map<TopicPartition, OffsetSpec> latest =
        partitions(topic).stream()
            .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
    Map<TopicPartition, ListOffsetsResultInfo> found =
        Lab.await("the ends of " + topic, admin.listOffsets(latest).all().toCompletionStage());
    Map<TopicPartition, Long> ends = new HashMap<>();
    found.forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  List<TopicPartition> partitions(String topic) {
    return IntStream.range(0, partitions)
        .mapToObj(number -> new TopicPartition(topic, number))
        .toList();
  }

  /** How far a group is with the partitions of a topic; one that it never had is missing. */
  Map<TopicPartition, Long> committed(String group, String topic) {
    Map<TopicPartition, OffsetAndMetadata> all =
        Lab.await(
            "the offsets of " + group,
            admin
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .toCompletionStage());
    Map<TopicPartition, Long> offsets = new HashMap<>();
    all.forEach((partition, offset) -> {
      if (partition.topic().equals(topic)) {
        offsets.put(partition, offset.offset());
      }
    });
    return offsets;
  }

  /** Whether a group has committed everything that a topic has by now. */
  boolean hasAll(String group, String topic) {
    Map<TopicPartition, Long> done = committed(group, topic);
    Set<Map.Entry<TopicPartition, Long>> ends = ends(topic).entrySet();
    return ends.stream()
        .allMatch(
            end -> end.getValue() == 0 || done.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }

  /** Puts a group that has no member to these places. */
  void place(String group, Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
    offsets.forEach((partition, offset) -> places.put(partition, new OffsetAndMetadata(offset)));
    var _ =
        Lab.await(
            "the offsets of " + group,
            admin.alterConsumerGroupOffsets(group, places).all().toCompletionStage());
  }

  @Override
  public void close() {
    producer.close(SOON);
    admin.close(SOON);
  }
}
