package io.waybill.bench;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the broker has to write for one delivered task, in all topics together, Kafka's own and
 * those of stores among them: when the receiver takes it at once, and when it takes it the second
 * time.
 */
final class BytesBenchmark {
  private static final int USUAL_SECONDS = 10;
  private static final Duration UNTIL_START = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofSeconds(60);

  /** For the last final status; the first window's is that of a process that just began. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** For what is written once in a while: counts of waiting tasks, offsets. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(2);

  /**
   * Receivers that refuse all that is new would open the breakers, and what waits for those is
   * another matter.
   */
  private static final String PATIENT = "circuitBreaker: {failureThreshold: 1000}";

  private final Lab lab;
  private final Options options;
  private final int perSecond;

  /** What one task caused in each topic. */
  private record Share(double records, double bytes) {
    static final Share NOTHING = new Share(0, 0);

    Share plus(Share more) {
      return new Share(records + more.records, bytes + more.bytes);
    }
  }

  BytesBenchmark(Lab lab, Options options, int perSecond) {
    this.lab = lab;
    this.options = options;
    this.perSecond = perSecond;
  }

  /** The windows of one kind. */
  private static final class Series {
    private final List<Map<String, Share>> windows = new ArrayList<>();

    private List<Double> records() {
      return windows.stream().map(window -> total(window).records()).toList();
    }

    private List<Double> bytes() {
      return windows.stream().map(window -> total(window).bytes()).toList();
    }

    private static Share total(Map<String, Share> window) {
      return window.values().stream().reduce(Share.NOTHING, Share::plus);
    }

    private Share median(String topic) {
      List<Share> shares =
          windows.stream().map(window -> window.getOrDefault(topic, Share.NOTHING)).toList();
      return new Share(
          Numbers.median(shares.stream().map(Share::records).toList()),
          Numbers.median(shares.stream().map(Share::bytes).toList()));
    }
  }

  Report measure() {
    new Windows(lab, options, Windows.SETTLING).answerAfter(0);
    Series happy = new Series();
    Series retried = new Series();
    try (Pipeline pipeline = new Pipeline(lab, options, PATIENT);
        CommittedReader statuses = new CommittedReader(lab, pipeline.logs().of(Topics.STATUS));
        KafkaProducer<byte[], byte[]> publisher =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", lab.bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      System.out.printf("%n%-8s %-10s %9s %9s%n", "round", "path", "records", "bytes");
      pipeline.roles().order(RolesMain.STARTED_WITHIN, "start");
      for (int round = 0; round <= options.rounds(); round++) {
        for (boolean retries : new boolean[] {round % 2 != 0, round % 2 == 0}) {
          Map<String, Share> window = window(pipeline, statuses, publisher, retries);
          Share total = Series.total(window);
          System.out.printf(
              Locale.ROOT,
              "%-8s %-10s %9.1f %9.0f%n",
              round == 0 ? "warm-up" : Integer.toString(round),
              retries ? "one retry" : "happy",
              total.records(),
              total.bytes());
          if (round > 0) {
            (retries ? retried : happy).windows.add(window);
          }
        }
      }
      pipeline.roles().order(LONG, "stop");
    }
    return new Report(
        List.of(
            Figure.shown(
                "bytes.happy.records", "Kafka records per delivered task", happy.records()),
            Figure.shown("bytes.happy.bytes", "bytes in Kafka per delivered task", happy.bytes()),
            Figure.shown("bytes.retry.records", "records, after one retry", retried.records()),
            Figure.shown("bytes.retry.bytes", "bytes, after one retry", retried.bytes())),
        notes(happy, retried));
  }

  private List<String> notes(Series happy, Series retried) {
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "%d requests/s, %d destinations, one of each request, %d partitions, %d bytes of"
                + " payload, %d rounds of %d s",
            perSecond,
            options.destinations(),
            options.partitions(),
            options.payloadBytes(),
            options.rounds(),
            options.seconds(USUAL_SECONDS)));
    Set<String> topics = new TreeSet<>();
    happy.windows.forEach(window -> topics.addAll(window.keySet()));
    retried.windows.forEach(window -> topics.addAll(window.keySet()));
    notes.add(
        "%-66s %9s %9s %12s %9s"
            .formatted("written per delivered task", "records", "bytes", "with a retry", "bytes"));
    for (String topic : topics) {
      Share once = happy.median(topic);
      Share twice = retried.median(topic);
      notes.add(
          String.format(
              Locale.ROOT,
              "%-66s %9.2f %9.0f %12.2f %9.0f",
              topic,
              once.records(),
              once.bytes(),
              twice.records(),
              twice.bytes()));
    }
    return notes;
  }

  /** What each topic got for each task; topics that got nothing are not there. */
  private Map<String, Share> window(
      Pipeline pipeline,
      CommittedReader statuses,
      KafkaProducer<byte[], byte[]> publisher,
      boolean retries) {
    lab.receiver().order(LONG, "refuse-first", retries);
    long received = lab.received();
    Map<TopicPartition, Long> begin = pipeline.logs().readable(Topics.STATUS);
    statuses.skipTo(begin);
    Map<String, TopicLogs.Extent> before = pipeline.logs().all();
    Set<DeliveryId> open = new HashSet<>();
    List<Future<RecordMetadata>> writes = new ArrayList<>();
    Pace.keep(
        Receiver.nowMicros() + UNTIL_START.toNanos() / 1_000,
        Duration.ofSeconds(options.seconds(USUAL_SECONDS)).toNanos() / 1_000,
        perSecond,
        scheduled -> {
          DeliveryRequest request =
              pipeline
                  .requests()
                  .make(
                      Requests.Recognition.ID,
                      writes.size() % options.destinations(),
                      1,
                      Traffic.payload(scheduled, options.payloadBytes()));
          open.add(request.deliveryId().orElseThrow());
          writes.add(publisher.send(pipeline.requests().record(request)));
        });
    Lab.written(writes);
    awaitAll(pipeline, statuses, open);
    Pause.of(AFTERWARDS);
    int attempts = retries ? 2 : 1;
    long arrived = lab.received() - received;
    if (arrived != (long) attempts * writes.size()) {
      throw new BenchException(
          "%d tasks of %d attempts each made %d requests"
              .formatted(writes.size(), attempts, arrived));
    }
    Map<String, Share> shares = new TreeMap<>();
    pipeline
        .logs()
        .all()
        .forEach((topic, extent) -> {
          TopicLogs.Extent more =
              extent.minus(before.getOrDefault(topic, TopicLogs.Extent.NOTHING));
          if (more.records() < 0 || more.bytes() < 0) {
            throw new BenchException("records of " + topic + " were deleted while it was measured");
          }
          if (more.records() > 0) {
            double tasks = writes.size();
            shares.put(topic, new Share(more.records() / tasks, more.bytes() / tasks));
          }
        });
    return shares;
  }

  private static void awaitAll(Pipeline pipeline, CommittedReader statuses, Set<DeliveryId> open) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!open.isEmpty()) {
      if (System.nanoTime() - end > 0) {
        throw new BenchException(
            open.size()
                + " deliveries had no final status "
                + PATIENCE
                + " after they were published");
      }
      statuses.read(
          pipeline.logs().readable(Topics.STATUS),
          record -> Pipeline.isFinal(Pipeline.status(pipeline.codecs(), record), open));
      Pause.of(Duration.ofMillis(100));
    }
  }
}
