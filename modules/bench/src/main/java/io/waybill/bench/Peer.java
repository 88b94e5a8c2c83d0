package io.waybill.bench;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelEoSStreamProcessor;
import io.confluent.parallelconsumer.internal.AbstractParallelEoSStreamProcessor;
import io.confluent.parallelconsumer.reactor.ReactorProcessor;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.Codecs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * parallel-consumer as one would send webhooks with it: at least once, in the order that it calls
 * the fastest (none), committing in the background as it does when nothing is said, and an event
 * for each send whose acknowledgement is waited for before the record counts as done.
 *
 * <p>It has less to do than the sender: its records are payloads, so it decodes nothing; it opens
 * no credentials, has no limits, breakers, retries that outlive a crash, nor dead letters; and its
 * events and offsets are not in one transaction, so that a crash may write an event twice.
 */
final class Peer implements Subject {
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(25);

  private final Kind kind;
  private final String bootstrapServers;
  private final PeerEvents events;
  private final BareClient client;
  private final int inFlight;
  private @Nullable AbstractParallelEoSStreamProcessor<String, byte[]> running;
  private @Nullable KafkaProducer<String, byte[]> producer;

  /** A part of the library that brings its own way of working at many records at a time. */
  enum Kind {
    /** A thread for each record. */
    CORE("core", "pc-co"),
    /** Project Reactor as the library sets it up: no thread waits for an answer. */
    REACTOR("reactor", "pc-re"),
    /** The same without handing sends to other threads, which takes it the least CPU. */
    REACTOR_IMMEDIATE("reactor-immediate", "pc-ri");

    private final String word;
    private final String organization;

    Kind(String word, String organization) {
      this.word = word;
      this.organization = organization;
    }

    /** In the names of figures. */
    String word() {
      return word;
    }

    /** In the table of windows. */
    String label() {
      return "pc-" + word;
    }

    String topic() {
      return "bench.payloads." + word;
    }

    String group() {
      return "bench.peer." + word;
    }

    /** Whose events it writes, a name as long as that of the sender's tasks. */
    OrganizationId organization() {
      return new OrganizationId(organization);
    }
  }

  /** One that does not run yet. */
  Peer(Kind kind, String bootstrapServers, Codecs codecs, Targets targets, int inFlight) {
    this.kind = kind;
    this.bootstrapServers = bootstrapServers;
    this.events = new PeerEvents(kind.organization(), codecs);
    this.client = new BareClient(targets, inFlight);
    this.inFlight = inFlight;
  }

  @Override
  public void start() {
    KafkaProducer<String, byte[]> writing = new KafkaProducer<>(producerSettings());
    producer = writing;
    running =
        switch (kind) {
          case CORE -> core(writing);
          case REACTOR -> reactor(new ReactorProcessor<>(options().build()), writing);
          // By itself it hands each send over to another thread, and back; nothing here needs that.
          case REACTOR_IMMEDIATE ->
              reactor(new ReactorProcessor<>(options().build(), Schedulers::immediate), writing);
        };
  }

  private Map<String, Object> producerSettings() {
    return Map.of(
        "bootstrap.servers",
        bootstrapServers,
        "acks",
        "all",
        "compression.type",
        "lz4",
        "key.serializer",
        "org.apache.kafka.common.serialization.StringSerializer",
        "value.serializer",
        "org.apache.kafka.common.serialization.ByteArraySerializer");
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "group.id",
            kind.group(),
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "earliest",
            // As for the bare loop: else all sends would go to the destinations of one partition.
            "max.partition.fetch.bytes",
            BareLoop.PARTITION_FETCH_BYTES,
            "key.deserializer",
            "org.apache.kafka.common.serialization.StringDeserializer",
            "value.deserializer",
            "org.apache.kafka.common.serialization.ByteArrayDeserializer"));
  }

  private ParallelConsumerOptions.ParallelConsumerOptionsBuilder<String, byte[]> options() {
    return ParallelConsumerOptions.<String, byte[]>builder()
        .consumer(consumer())
        .ordering(ProcessingOrder.UNORDERED)
        .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
        .maxConcurrency(inFlight);
  }

  /** Its own way to write a record for each one read. */
  private AbstractParallelEoSStreamProcessor<String, byte[]> core(
      KafkaProducer<String, byte[]> writing) {
    ParallelEoSStreamProcessor<String, byte[]> processor =
        new ParallelEoSStreamProcessor<>(options().producer(writing).build());
    processor.subscribe(List.of(kind.topic()));
    processor.pollAndProduce(context -> sent(context.getSingleConsumerRecord()));
    return processor;
  }

  private ProducerRecord<String, byte[]> sent(ConsumerRecord<String, byte[]> record) {
    long start = System.nanoTime();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    client.send(record.key(), record.value(), answer::complete);
    if (!answer.join()) {
      throw new IllegalStateException("a send has failed");
    }
    return events.delivered(record, System.nanoTime() - start);
  }

  /** It writes nothing itself, so its publisher does, and ends when the broker has the event. */
  private AbstractParallelEoSStreamProcessor<String, byte[]> reactor(
      ReactorProcessor<String, byte[]> processor, KafkaProducer<String, byte[]> writing) {
    processor.subscribe(List.of(kind.topic()));
    processor.react(context -> sent(context.getSingleConsumerRecord(), writing));
    return processor;
  }

  private Mono<Boolean> sent(
      ConsumerRecord<String, byte[]> record, KafkaProducer<String, byte[]> writing) {
    return Mono.create(sink -> {
      long start = System.nanoTime();
      client.send(
          record.key(),
          record.value(),
          isDelivered -> {
            if (!isDelivered) {
              sink.error(new IllegalStateException("a send has failed"));
              return;
            }
            var _ =
                writing.send(
                    events.delivered(record, System.nanoTime() - start),
                    (_, failure) -> {
                      if (failure == null) {
                        // Some value: one that ends empty never counts as done.
                        sink.success(true);
                      } else {
                        sink.error(failure);
                      }
                    });
          });
    });
  }

  @Override
  public void stop() {
    AbstractParallelEoSStreamProcessor<String, byte[]> ending = running;
    KafkaProducer<String, byte[]> writing = producer;
    if (ending == null || writing == null) {
      throw new IllegalStateException("the peer does not run");
    }
    // Reactor's own end does not wait for what is under way, and would send it again next time.
    ending.pauseIfRunning();
    long end = System.nanoTime() + CLOSED_WITHIN.toNanos();
    while (ending.getWm().getNumberRecordsOutForProcessing() > 0) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("sends are under way for " + CLOSED_WITHIN);
      }
      Pause.of(Duration.ofMillis(10));
    }
    ending.closeDontDrainFirst(CLOSED_WITHIN);
    writing.close(CLOSED_WITHIN);
    running = null;
    producer = null;
    client.requireNoFailures();
  }
}
