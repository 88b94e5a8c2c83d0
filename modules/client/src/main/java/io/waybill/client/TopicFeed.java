package io.waybill.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's one reader: a thread and a consumer without a group, both made when they are first
 * needed. It follows topics from their ends, and reads back what came before. When the consumer
 * fails it is replaced, and goes on where it was, so that nothing is passed over.
 *
 * <p>All visitors are called on its thread. Safe to share between threads.
 */
final class TopicFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicFeed.class);
  private static final Duration POLL = Duration.ofMillis(25);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final List<FailureListener> failed = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
  private final Object lock = new Object();
  private final Thread thread;
  private boolean started;
  private volatile boolean closed;

  // Of the thread alone.
  private final Map<String, Visitor> visitors = new HashMap<>();
  private final Set<String> dispensable = new HashSet<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<String, Integer> partitions = new HashMap<>();
  private @Nullable Consumer<byte[], byte[]> consumer;

  TopicFeed(Supplier<Consumer<byte[], byte[]>> consumers) {
    this.consumers = consumers;
    thread = new Thread(this::run, "waybill-client-reader");
    thread.setDaemon(true);
  }

  /** Takes a record. What it throws makes the feed read the record again, after a pause. */
  @FunctionalInterface
  interface Visitor {
    void visit(ConsumerRecord<byte[], byte[]> record);
  }

  /** Hears of a failure. */
  @FunctionalInterface
  interface FailureListener {
    void failed(RuntimeException e);
  }

  private record Job(Runnable work, FailureListener refuse) {}

  /**
   * Tells of failures that will not pass by themselves: no right to a topic, say. The feed tries
   * again all the same.
   */
  void onFailure(FailureListener listener) {
    failed.add(listener);
  }

  /** Runs the job on the reader's thread, where alone the methods below may be called. */
  <T> CompletableFuture<T> call(Function<Reads, T> job) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Reads reads = new Reads();
    Job queued = new Job(() -> result.complete(job.apply(reads)), result::completeExceptionally);
    synchronized (lock) {
      if (closed) {
        result.completeExceptionally(new IllegalStateException("the client is closed"));
        return result;
      }
      if (!started) {
        started = true;
        thread.start();
      }
      jobs.add(queued);
    }
    return result;
  }

  /** Whether the calling thread is the reader's, which must not wait for itself. */
  boolean isReader() {
    return Thread.currentThread() == thread;
  }

  private void run() {
    try {
      while (!closed) {
        try {
          runJobs();
          if (!visitors.isEmpty()) {
            poll();
          }
        } catch (RuntimeException e) {
          recover(e);
        }
      }
    } catch (InterruptedException e) {
      // Only close() interrupts, and ends the loop.
    } finally {
      // The consumer's close would fail at once with the flag set.
      Thread.interrupted();
      closeConsumer();
      List<Job> left = new ArrayList<>();
      jobs.drainTo(left);
      left.forEach(job -> job.refuse().failed(new IllegalStateException("the client is closed")));
    }
  }

  private void runJobs() throws InterruptedException {
    Job job = visitors.isEmpty() ? jobs.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS) : jobs.poll();
    while (job != null && !closed) {
      try {
        job.work().run();
      } catch (Error e) {
        // Whoever asked must hear of it, and the others must be served all the same.
        job.refuse().failed(new IllegalStateException("the client failed", e));
      } catch (RuntimeException e) {
        job.refuse().failed(e);
        if (e instanceof KafkaException && !(e instanceof RetriableException)) {
          closeConsumer();
        }
      }
      job = jobs.poll();
    }
    if (job != null) {
      job.refuse().failed(new IllegalStateException("the client is closed"));
    }
  }

  private void poll() {
    Consumer<byte[], byte[]> present = consumer();
    for (ConsumerRecord<byte[], byte[]> record : present.poll(POLL)) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      Visitor visitor = visitors.get(record.topic());
      if (visitor != null) {
        visitor.visit(record);
      }
      // Behind the visit: what fails is read again.
      positions.put(partition, record.offset() + 1);
    }
    for (TopicPartition partition : Set.copyOf(positions.keySet())) {
      positions.put(partition, present.position(partition, POLL));
    }
  }

  private void recover(RuntimeException e) throws InterruptedException {
    if (closed) {
      return;
    }
    LOG.atWarn()
        .addKeyValue("problem", e.getClass().getSimpleName())
        .addKeyValue("topics", visitors.keySet())
        .log("reading is interrupted and begins again where it was");
    closeConsumer();
    if (e instanceof TopicAuthorizationException denied && doWithout(denied)) {
      return;
    }
    if (e instanceof KafkaException && !(e instanceof RetriableException)) {
      failed.forEach(listener -> listener.failed(e));
    }
    Thread.sleep(PAUSE.toMillis());
  }

  /** Whether all that may not be read was dispensable, and is not read any more. */
  private boolean doWithout(TopicAuthorizationException denied) {
    Set<String> topics = denied.unauthorizedTopics();
    if (topics.isEmpty() || !dispensable.containsAll(topics)) {
      return false;
    }
    visitors.keySet().removeAll(topics);
    positions.keySet().removeIf(partition -> topics.contains(partition.topic()));
    return true;
  }

  private Consumer<byte[], byte[]> consumer() {
    Consumer<byte[], byte[]> present = consumer;
    if (present == null) {
      present = consumers.get();
      consumer = present;
      stand(present, positions);
    }
    return present;
  }

  private static void stand(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> where) {
    consumer.assign(where.keySet());
    where.forEach(consumer::seek);
  }

  private void closeConsumer() {
    Consumer<byte[], byte[]> present = consumer;
    consumer = null;
    if (present == null) {
      return;
    }
    try {
      present.close(CloseOptions.timeout(CLOSE_WITHIN));
    } catch (KafkaException e) {
      LOG.atDebug().setCause(e).log("the reader's consumer did not close cleanly");
    }
  }

  /** Ends the thread and waits for it, for ten seconds at most. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      if (!started) {
        return;
      }
    }
    if (isReader()) {
      return;
    }
    // Wakes it when it has nothing to do. An interrupt comes second: it would disturb the
    // consumer's own close.
    jobs.add(new Job(() -> {}, e -> {}));
    try {
      thread.join(CLOSE_WITHIN.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(CLOSE_WITHIN.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a job may ask of the reader. */
  final class Reads {
    private static final Duration STALLED_AFTER = Duration.ofSeconds(30);

    /** As {@link #read}'s place to start from: everything that is there. */
    static final long BEGINNING = Long.MIN_VALUE;

    private Reads() {}

    /**
     * How many partitions a topic has.
     *
     * @throws WaybillException when there is no such topic
     */
    int partitions(String topic) {
      Integer known = partitions.get(topic);
      if (known != null) {
        return known;
      }
      var found = consumer().partitionsFor(topic);
      if (found == null || found.isEmpty()) {
        throw new WaybillException(
            "Kafka has no topic "
                + topic
                + ", or this client may not see it. Is it the right cluster? `waybill topics apply`"
                + " makes Waybill's topics");
      }
      partitions.put(topic, found.size());
      return found.size();
    }

    /** Hands what is published on a topic from now on to the visitor; once for each topic. */
    void follow(String topic, Visitor visitor) {
      if (visitors.containsKey(topic)) {
        return;
      }
      List<TopicPartition> all = new ArrayList<>();
      for (int i = 0; i < partitions(topic); i++) {
        all.add(new TopicPartition(topic, i));
      }
      Consumer<byte[], byte[]> reader = consumer();
      List<TopicPartition> assigned = new ArrayList<>(positions.keySet());
      assigned.addAll(all);
      // Kafka's client warns of offsets that it is told of partitions that are not its own.
      reader.assign(assigned);
      Map<TopicPartition, Long> ends;
      try {
        ends = reader.endOffsets(all);
      } finally {
        stand(reader, positions);
      }
      positions.putAll(ends);
      stand(reader, positions);
      visitors.put(topic, visitor);
    }

    /**
     * The same for a topic that the client can do without: when it may not be read, nobody hears of
     * it, and the other topics are read on.
     *
     * @return whether it is followed, as far as is known yet
     */
    boolean followIfAllowed(String topic, Visitor visitor) {
      dispensable.add(topic);
      try {
        follow(topic, visitor);
        return true;
      } catch (TopicAuthorizationException | WaybillException e) {
        LOG.atDebug()
            .addKeyValue("topic", topic)
            .addKeyValue("problem", e.getClass().getSimpleName())
            .log("a topic that helps may not be read");
        return false;
      }
    }

    /**
     * Hands to the visitor what stands in some partitions up to now: up to where a topic that is
     * being followed was read, so that reading back and following neither overlap nor leave a gap.
     *
     * @param since by partition: the time of the first record that is of interest, or {@link
     *     #BEGINNING}
     */
    void read(String topic, Map<Integer, Long> since, Visitor visitor) {
      Consumer<byte[], byte[]> reader = consumer();
      try {
        reader.assign(since.keySet().stream().map(n -> new TopicPartition(topic, n)).toList());
        Map<TopicPartition, Long> until = until(topic, since.keySet());
        Map<TopicPartition, Long> from = from(topic, since);
        from.values().removeIf(offset -> offset < 0);
        stand(reader, from);
        long left = left(from.keySet(), until);
        long stalledAt = System.nanoTime() + STALLED_AFTER.toNanos();
        while (left > 0) {
          for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
            Long end = until.get(new TopicPartition(record.topic(), record.partition()));
            if (end != null && record.offset() < end) {
              visitor.visit(record);
            }
          }
          long now = left(from.keySet(), until);
          if (now < left) {
            stalledAt = System.nanoTime() + STALLED_AFTER.toNanos();
          } else if (System.nanoTime() > stalledAt) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                "reading " + topic + " has come to a halt");
          }
          left = now;
        }
      } finally {
        stand(reader, positions);
      }
    }

    private long left(Set<TopicPartition> reading, Map<TopicPartition, Long> until) {
      long left = 0;
      for (TopicPartition partition : reading) {
        left += Math.max(0, until.getOrDefault(partition, 0L) - consumer().position(partition));
      }
      return left;
    }

    private Map<TopicPartition, Long> until(String topic, Set<Integer> wanted) {
      Map<TopicPartition, Long> until = new HashMap<>();
      List<TopicPartition> unknown = new ArrayList<>();
      for (int number : wanted) {
        TopicPartition partition = new TopicPartition(topic, number);
        Long position = positions.get(partition);
        if (position == null) {
          unknown.add(partition);
        } else {
          until.put(partition, position);
        }
      }
      if (!unknown.isEmpty()) {
        until.putAll(consumer().endOffsets(unknown));
      }
      return until;
    }

    /** Where to begin; -1 where there is nothing. */
    private Map<TopicPartition, Long> from(String topic, Map<Integer, Long> since) {
      List<TopicPartition> whole = new ArrayList<>();
      Map<TopicPartition, Long> times = new HashMap<>();
      since.forEach((number, time) -> {
        TopicPartition partition = new TopicPartition(topic, number);
        if (time == BEGINNING) {
          whole.add(partition);
        } else {
          times.put(partition, Math.max(0, time));
        }
      });
      Map<TopicPartition, Long> from = new HashMap<>();
      if (!whole.isEmpty()) {
        from.putAll(consumer().beginningOffsets(whole));
      }
      if (!times.isEmpty()) {
        consumer()
            .offsetsForTimes(times)
            .forEach(
                (partition, found) -> from.put(partition, found == null ? -1 : found.offset()));
      }
      return from;
    }
  }
}
