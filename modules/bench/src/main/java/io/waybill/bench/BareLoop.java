package io.waybill.bench;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.DiscardingEntityConsumer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The least that sends a topic over HTTP and loses nothing when it is killed: poll, send with the
 * same client as Waybill, commit per partition how far everything is done. No retries, limits,
 * events, transactions, or credentials; the payload is the record, the destination its key.
 */
final class BareLoop implements Subject {
  static final String GROUP = "bench.bare-loop";

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long COMMIT_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int IO_THREADS = 2;

  /**
   * Little of each partition at a time. Else all sends under way would go to the few destinations
   * of one partition, and then to those of the next, with thousands of connections left idle.
   */
  private static final int PARTITION_FETCH_BYTES = 64 * 1024;

  private final Map<String, Object> consumerSettings;
  private final String topic;
  private final Map<String, HttpHost> targets = new HashMap<>();
  private final int inFlight;
  private final Semaphore permits;
  private final CloseableHttpAsyncClient client;
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean stopping;
  private @Nullable Thread thread;

  /** One record under way. */
  private static final class Slot {
    private final long offset;
    private volatile boolean done;

    private Slot(long offset) {
      this.offset = offset;
    }
  }

  /**
   * A loop that has not begun.
   *
   * @param ports of the destinations, by their number
   */
  BareLoop(String bootstrapServers, String topic, List<Integer> ports, int inFlight) {
    this.consumerSettings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "max.partition.fetch.bytes",
            PARTITION_FETCH_BYTES,
            "group.id",
            GROUP,
            "group.protocol",
            "consumer",
            "key.deserializer",
            "org.apache.kafka.common.serialization.StringDeserializer",
            "value.deserializer",
            "org.apache.kafka.common.serialization.ByteArrayDeserializer",
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "earliest");
    this.topic = topic;
    this.inFlight = inFlight;
    this.permits = new Semaphore(inFlight);
    for (int i = 0; i < ports.size(); i++) {
      URI url = Traffic.url(ports.get(i));
      targets.put(
          Traffic.destinationId(i).value(),
          new HttpHost(url.getScheme(), url.getHost(), url.getPort()));
    }
    this.client = client(Traffic.inFlightPerDestination(inFlight, ports.size()));
    client.start();
  }

  /** As the webhook channel's, so that the client is not what is compared. */
  private static CloseableHttpAsyncClient client(int connectionsPerDestination) {
    return HttpAsyncClients.custom()
        .setConnectionManager(
            PoolingAsyncClientConnectionManagerBuilder.create()
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(connectionsPerDestination)
                .setMaxConnTotal(Integer.MAX_VALUE)
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                        .build())
                .build())
        .setIOReactorConfig(
            IOReactorConfig.custom().setIoThreadCount(IO_THREADS).setTcpNoDelay(true).build())
        .setThreadFactory(Thread.ofPlatform().daemon().name("bare-io-", 0).factory())
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableContentCompression()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableConnectionState()
        .build();
  }

  @Override
  public void start() {
    stopping = false;
    thread = Thread.ofPlatform().name("bare-loop").start(this::run);
  }

  @Override
  public void stop() {
    Thread running = thread;
    if (running == null) {
      throw new IllegalStateException("the bare loop does not run");
    }
    stopping = true;
    try {
      running.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failures.get() > 0) {
      throw new IllegalStateException(failures.get() + " sends of the bare loop failed");
    }
  }

  private void run() {
    Map<TopicPartition, ArrayDeque<Slot>> underWay = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(consumerSettings)) {
      consumer.subscribe(List.of(topic));
      long commitAt = System.nanoTime() + COMMIT_NANOS;
      while (!stopping) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          permits.acquire();
          Slot slot = new Slot(record.offset());
          underWay
              .computeIfAbsent(
                  new TopicPartition(record.topic(), record.partition()), _ -> new ArrayDeque<>())
              .add(slot);
          send(record, slot);
        }
        if (System.nanoTime() - commitAt >= 0) {
          consumer.commitAsync(finished(underWay), null);
          commitAt = System.nanoTime() + COMMIT_NANOS;
        }
      }
      if (permits.tryAcquire(inFlight, 30, TimeUnit.SECONDS)) {
        permits.release(inFlight);
      }
      consumer.commitSync(finished(underWay));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> finished(
      Map<TopicPartition, ArrayDeque<Slot>> underWay) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    underWay.forEach((partition, slots) -> {
      long next = -1;
      while (!slots.isEmpty() && slots.element().done) {
        next = slots.remove().offset + 1;
      }
      if (next >= 0) {
        offsets.put(partition, new OffsetAndMetadata(next));
      }
    });
    return offsets;
  }

  private void send(ConsumerRecord<String, byte[]> record, Slot slot) {
    HttpHost target = targets.get(record.key());
    if (target == null) {
      throw new IllegalStateException("no destination " + record.key());
    }
    BasicHttpRequest head = new BasicHttpRequest("POST", target, "/hook");
    head.addHeader("Content-Type", "application/json");
    head.addHeader(Traffic.HEADER, Traffic.HEADER_VALUE);
    var _ =
        client.execute(
            target,
            new BasicRequestProducer(head, new BasicAsyncEntityProducer(record.value(), null)),
            new BasicResponseConsumer<>(new DiscardingEntityConsumer<Void>()),
            null,
            null,
            new Done(slot));
  }

  private final class Done implements FutureCallback<Message<HttpResponse, Void>> {
    private final Slot slot;

    private Done(Slot slot) {
      this.slot = slot;
    }

    @Override
    public void completed(Message<HttpResponse, Void> answer) {
      if (answer.getHead().getCode() != 200) {
        failures.incrementAndGet();
      }
      end();
    }

    @Override
    public void failed(Exception cause) {
      failures.incrementAndGet();
      cause.printStackTrace();
      end();
    }

    @Override
    public void cancelled() {
      failures.incrementAndGet();
      end();
    }

    private void end() {
      slot.done = true;
      permits.release();
    }
  }
}
