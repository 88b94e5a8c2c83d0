package io.waybill.bench;

import io.waybill.app.Role;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OverallState;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** All roles in one process, and the books of what they were given and what became of it. */
final class Pipeline implements AutoCloseable {
  /** The rate that the first load is made for. */
  private static final double FIRST_RATE = 1_500;

  /** Batches that are thrown away, until the compilers are done: they compete for the cores. */
  private static final int MOST_WARM_UPS = 10;

  private static final Duration WARM_UP = Duration.ofSeconds(10);

  /** All that a batch leaves behind, but for states. */
  private static final List<String> READ =
      List.of(
          Topics.REQUESTS,
          Topics.FAN_OUT_REKEYED,
          Lab.TASKS,
          Topics.EVENTS,
          Topics.STATUS_ATTEMPTS,
          Topics.STATUS_SIGNALS);

  private final Lab lab;
  private final Options options;
  private final Codecs codecs;
  private final Requests requests;
  private final TopicLogs logs;
  private final Child roles;
  private final Batch batch;
  private double perSecond = FIRST_RATE;

  /**
   * The process is there, its roles stand still.
   *
   * @param settings further lines of the configuration file
   */
  Pipeline(Lab lab, Options options, String settings) {
    this.lab = lab;
    this.options = options;
    this.codecs =
        new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", lab.registryUrl())));
    this.requests = new Requests(codecs, options.destinations());
    this.logs = new TopicLogs(lab, options);
    logs.keepAll();
    this.roles = RolesMain.start(lab, options, "roles", Role.all(), settings);
    this.batch = new Batch(lab, logs, roles, Topics.STATUS);
  }

  Child roles() {
    return roles;
  }

  TopicLogs logs() {
    return logs;
  }

  Requests requests() {
    return requests;
  }

  Codecs codecs() {
    return codecs;
  }

  void warmUp() {
    for (int i = 0; i < MOST_WARM_UPS && !batch("warm-up", WARM_UP).isWarm(); i++) {
      // Until it is warm, or never will be.
    }
  }

  /**
   * Lets the roles take as many requests as they took in that time the last time, each to one
   * destination, from the first to the last final status.
   *
   * @throws BenchException when a delivery was lost or made twice
   */
  Window batch(String round, Duration length) {
    int count = Math.max(1_000, (int) (perSecond * length.toMillis() / 1e3));
    Set<DeliveryId> open = new HashSet<>();
    long before = lab.received();
    Window window =
        batch.work(
            IntStream.range(0, count)
                .mapToObj(number -> {
                  DeliveryRequest request =
                      requests.make(
                          Requests.Recognition.ID,
                          number % options.destinations(),
                          1,
                          Traffic.payload(Receiver.nowMicros(), options.payloadBytes()));
                  open.add(request.deliveryId().orElseThrow());
                  return requests.record(request);
                }),
            count,
            record -> isFinal(status(codecs, record), open));
    long received = lab.received() - before;
    if (received != count) {
      throw new BenchException(
          "of %d deliveries that are completed the receivers got %d requests"
              .formatted(count, received));
    }
    System.out.println(window.row(round, "roles"));
    perSecond = window.perSecond();
    logs.forget(READ);
    return window;
  }

  /** Whether that status is the end of a delivery that is still open. */
  static boolean isFinal(DeliveryStatus status, Set<DeliveryId> open) {
    if (status.state().hasEnded() && status.state() != OverallState.COMPLETED) {
      throw new BenchException(
          "a delivery ended as "
              + status.state().word()
              + status.reason().map(reason -> ", " + reason.code()).orElse(""));
    }
    return status.state() == OverallState.COMPLETED && open.remove(status.deliveryId());
  }

  static DeliveryStatus status(Codecs codecs, ConsumerRecord<byte[], byte[]> record) {
    try {
      return codecs.statuses().decode(record.value());
    } catch (UndecodableException e) {
      throw new BenchException("a status cannot be read", e);
    }
  }

  @Override
  public void close() {
    batch.close();
    logs.close();
  }
}
