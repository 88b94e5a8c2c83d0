package io.waybill.sender;

import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.RegistryException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches payloads that stayed in their request records. One thread owns the consumer and the
 * cache; callers go on when it answers, on a virtual thread.
 */
final class PayloadSource implements Payloads, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PayloadSource.class);
  private static final Duration FETCH_WITHIN = Duration.ofSeconds(5);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Map<String, Object> settings;
  private final Codecs codecs;
  private final PayloadCache cache;
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final Executor answers =
      command -> Thread.ofVirtual().name("waybill-payload-answer").start(command);
  private final Thread thread;
  private volatile boolean stopping;
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;

  PayloadSource(Map<String, Object> settings, Codecs codecs, long cacheBytes) {
    this.settings = Map.copyOf(settings);
    this.codecs = codecs;
    this.cache = new PayloadCache(cacheBytes);
    this.thread = Thread.ofPlatform().daemon().name("waybill-payloads").unstarted(this::run);
  }

  /** What came of fetching. */
  sealed interface Fetched {}

  /** Data, checked against its SHA-256, and metadata of one request. */
  record Found(RawJson data, RawJson metadata, boolean sealed) implements Fetched {
    /** The task with both of them inside. */
    Task in(Task task) {
      return task.withPayload(new TaskPayload.Inline(data, sealed)).withMetadata(metadata);
    }
  }

  /** Gone for good, or not what the task was made for. */
  record Missing(String message) implements Fetched {}

  /** Kafka or the registry cannot be reached now. */
  record Unavailable(String message) implements Fetched {}

  private record Asked(TaskPayload.Reference reference, CompletableFuture<Fetched> answer) {}

  void start() {
    thread.start();
  }

  /** Why it takes no questions, if so. */
  Optional<String> problem() {
    return thread.isAlive()
        ? Optional.empty()
        : Optional.of("the thread that fetches payloads is not running");
  }

  /** What is fetched comes on a virtual thread, for what follows may take its time. */
  @Override
  public CompletionStage<Fetched> fetch(Task task) {
    return switch (task.payload()) {
      case TaskPayload.Inline inline ->
          CompletableFuture.completedFuture(
              new Found(inline.data(), task.metadata(), inline.sealed()));
      case TaskPayload.Reference reference -> ask(reference);
    };
  }

  private CompletionStage<Fetched> ask(TaskPayload.Reference reference) {
    Asked question = new Asked(reference, new CompletableFuture<>());
    // Not answered in time, it is skipped: nobody waits for it any more.
    question
        .answer()
        .completeOnTimeout(
            new Unavailable("the payload at " + reference.origin() + " was not read in time"),
            ANSWER_WITHIN.toMillis(),
            TimeUnit.MILLISECONDS);
    asked.add(question);
    return question.answer().thenApplyAsync(answer -> answer, answers);
  }

  private void run() {
    try {
      while (!stopping) {
        Asked question = asked.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (question != null && !question.answer().isDone()) {
          answer(question);
        }
      }
    } catch (InterruptedException e) {
      // Who still waits is told in time that it is unavailable: the task is parked, at no attempt.
      Thread.currentThread().interrupt();
    } finally {
      closeConsumer();
    }
  }

  private void answer(Asked question) {
    try {
      question.answer().complete(find(question.reference()));
    } catch (RegistryException e) {
      // The task is parked, at no attempt.
      question.answer().complete(new Unavailable("the schema registry: " + e.getMessage()));
    } catch (KafkaException e) {
      // A consumer that failed once may be of no further use; the next question opens another.
      closeConsumer();
      LOG.atWarn()
          .addKeyValue("origin", question.reference().origin())
          .addKeyValue("problem", e.getMessage())
          .log("payload cannot be read now");
      question
          .answer()
          .complete(
              new Unavailable(
                  "the payload at " + question.reference().origin() + " cannot be read"));
    } catch (RuntimeException | Error e) {
      // An Error too: without this thread no task could ever get its payload again.
      question.answer().completeExceptionally(e);
      closeConsumer();
    }
  }

  private Fetched find(TaskPayload.Reference reference) {
    RecordOrigin origin = reference.origin();
    Optional<Payload> cached = cache.get(origin);
    if (cached.isPresent()) {
      return check(cached.get(), reference);
    }
    KafkaConsumer<byte[], byte[]> open = consumer();
    TopicPartition partition = new TopicPartition(origin.topic(), origin.partition());
    open.assign(List.of(partition));
    if (isOutside(open, partition, origin.offset())) {
      return new Missing("the request record at " + origin + " is gone");
    }
    open.seek(partition, origin.offset());
    long end = System.nanoTime() + FETCH_WITHIN.toNanos();
    while (System.nanoTime() < end && !stopping) {
      for (ConsumerRecord<byte[], byte[]> record : open.poll(POLL)) {
        return record.offset() == origin.offset()
            ? read(record, reference)
            : new Missing("there is no committed record at " + origin);
      }
      if (open.position(partition) > origin.offset()) {
        return new Missing("there is no committed record at " + origin);
      }
    }
    return new Unavailable("the payload at " + origin + " was not read in time");
  }

  private static boolean isOutside(
      KafkaConsumer<byte[], byte[]> open, TopicPartition partition, long offset) {
    Long first = open.beginningOffsets(List.of(partition)).get(partition);
    Long end = open.endOffsets(List.of(partition)).get(partition);
    return (first != null && offset < first) || (end != null && offset >= end);
  }

  private Fetched read(ConsumerRecord<byte[], byte[]> record, TaskPayload.Reference reference) {
    byte[] value = record.value();
    if (value != null
        && codecs.requests().decodeAgain(value)
            instanceof DecodedRequest.Valid(DeliveryRequest request)) {
      cache.put(reference.origin(), request.payload());
      return check(request.payload(), reference);
    }
    return new Missing("the record at " + reference.origin() + " is not a valid request");
  }

  private static Fetched check(Payload payload, TaskPayload.Reference reference) {
    return payload.data().sha256().equals(reference.sha256())
        ? new Found(payload.data(), payload.metadata(), payload.sealed())
        : new Missing("the data at " + reference.origin() + " differs from its SHA-256");
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    KafkaConsumer<byte[], byte[]> open = consumer;
    if (open == null) {
      open = new KafkaConsumer<>(settings);
      consumer = open;
    }
    return open;
  }

  private void closeConsumer() {
    KafkaConsumer<byte[], byte[]> open = consumer;
    consumer = null;
    if (open != null) {
      try {
        open.close(CloseOptions.timeout(Duration.ofSeconds(1)));
      } catch (KafkaException e) {
        // Costs a connection. What it was asked is answered.
        LOG.atWarn().addKeyValue("problem", e.getMessage()).log("payload reader did not close");
      }
    }
  }

  /** Ends the thread; who still waits is answered that it is unavailable, at the latest in time. */
  @Override
  public void close() {
    stopping = true;
    Threads.join(thread, Duration.ofSeconds(2));
  }
}
