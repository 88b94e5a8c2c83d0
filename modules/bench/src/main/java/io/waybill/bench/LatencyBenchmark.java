package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How long a request takes from being published until the receiver has it, through all roles, at a
 * tenth of the rate that they take at most. That rate is measured first.
 */
final class LatencyBenchmark {
  private static final int USUAL_SECONDS = 20;
  private static final int MAXIMUM_BATCHES = 3;
  private static final Duration BATCH = Duration.ofSeconds(10);
  private static final double LOAD = 0.1;
  private static final Duration LEAD_IN = Duration.ofSeconds(3);
  private static final Duration UNTIL_START = Duration.ofMillis(500);
  private static final int WARM_UP_SECONDS = 8;
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Lab lab;
  private final Options options;

  LatencyBenchmark(Lab lab, Options options) {
    this.lab = lab;
    this.options = options;
  }

  /** The windows of one kind of request. */
  private static final class Series {
    private final List<Double> p50 = new ArrayList<>();
    private final List<Double> p99 = new ArrayList<>();

    private void add(Arrivals.Latency latency) {
      p50.add(latency.p50());
      p99.add(latency.p99());
    }
  }

  Report measure() {
    new Windows(lab, options, Windows.SETTLING).answerAfter(0);
    Map<Requests.Recognition, Series> series = new EnumMap<>(Requests.Recognition.class);
    for (Requests.Recognition recognition : Requests.Recognition.values()) {
      series.put(recognition, new Series());
    }
    double most;
    try (Pipeline pipeline = new Pipeline(lab, options, "");
        // Kafka's defaults, which are the SDK's too: 5 ms of linger among them.
        KafkaProducer<byte[], byte[]> publisher =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", lab.bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      most = most(pipeline);
      pipeline.roles().order(RolesMain.STARTED_WITHIN, "start");
      System.out.printf(
          Locale.ROOT,
          "%n%.0f requests/s, a tenth of %.0f; from publishing to arrival, in ms%n%s%n",
          LOAD * most,
          most,
          "round    recognised by     p50       p99     worst requests   missing");
      for (int round = 0; round <= options.rounds(); round++) {
        for (Requests.Recognition recognition : turn(round)) {
          Arrivals.Latency latency = window(pipeline, publisher, recognition, LOAD * most, round);
          if (round > 0) {
            series.getOrDefault(recognition, new Series()).add(latency);
          }
        }
      }
      pipeline.roles().order(LONG, "stop");
    }
    return report(
        most,
        series.getOrDefault(Requests.Recognition.ID, new Series()),
        series.getOrDefault(Requests.Recognition.KEY, new Series()),
        series.getOrDefault(Requests.Recognition.ID_AND_KEY, new Series()));
  }

  private double most(Pipeline pipeline) {
    System.out.println(Window.HEADING);
    pipeline.warmUp();
    List<Double> rates = new ArrayList<>();
    for (int i = 1; i <= MAXIMUM_BATCHES; i++) {
      rates.add(pipeline.batch("maximum", BATCH).perSecond());
    }
    return Numbers.median(rates);
  }

  /** Another one first in each round. */
  private static List<Requests.Recognition> turn(int round) {
    List<Requests.Recognition> all = List.of(Requests.Recognition.values());
    List<Requests.Recognition> turned = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      turned.add(all.get((round + i) % all.size()));
    }
    return turned;
  }

  private Arrivals.Latency window(
      Pipeline pipeline,
      KafkaProducer<byte[], byte[]> publisher,
      Requests.Recognition recognition,
      double perSecond,
      int round) {
    int seconds = round == 0 ? WARM_UP_SECONDS : options.seconds(USUAL_SECONDS);
    long received = lab.received();
    long start = Receiver.nowMicros() + micros(UNTIL_START);
    long from = start + micros(LEAD_IN);
    long length = micros(LEAD_IN.plusSeconds(seconds));
    Arrivals arrivals = Arrivals.record(lab, from, start + length, -1);
    List<Future<RecordMetadata>> writes = new ArrayList<>();
    int[] counted = new int[1];
    Pace.keep(
        start,
        length,
        perSecond,
        scheduled -> {
          byte[] payload = Traffic.payload(scheduled, options.payloadBytes());
          int destination = writes.size() % options.destinations();
          writes.add(
              publisher.send(
                  pipeline
                      .requests()
                      .record(pipeline.requests().make(recognition, destination, 1, payload))));
          if (scheduled >= from) {
            counted[0]++;
          }
        });
    Lab.written(writes);
    Arrivals.Latency latency = arrivals.await(counted[0]);
    System.out.printf(
        Locale.ROOT,
        "%-8s %-13s %7.1f %9.1f %9.1f %8d %9d%n",
        round == 0 ? "warm-up" : Integer.toString(round),
        name(recognition),
        latency.p50(),
        latency.p99(),
        latency.worst(),
        latency.expected(),
        latency.missing());
    long arrived = lab.received() - received;
    if (latency.missing() == 0 && arrived != writes.size()) {
      throw new BenchException(
          "%d requests were published, and the receivers got %d".formatted(writes.size(), arrived));
    }
    return latency;
  }

  private static String name(Requests.Recognition recognition) {
    return switch (recognition) {
      case ID -> "delivery id";
      case KEY -> "key in place";
      case ID_AND_KEY -> "id and key";
    };
  }

  private Report report(double most, Series id, Series key, Series both) {
    return new Report(
        List.of(
            Figure.median(
                "latency.p50",
                "ms from publishing to arrival, no idempotency key",
                id.p50,
                new Figure.Goal.AtMost(60),
                new Figure.Goal.AtMost(30)),
            Figure.median(
                "latency.p99",
                "the same, 99th percentile",
                id.p99,
                new Figure.Goal.AtMost(200),
                new Figure.Goal.AtMost(100)),
            Figure.median(
                "latency.key.p50",
                "ms from publishing to arrival, idempotency key in place",
                key.p50,
                new Figure.Goal.AtMost(110),
                new Figure.Goal.AtMost(60))),
        List.of(
            String.format(
                Locale.ROOT,
                "%.0f requests/s, a tenth of %.0f; %d destinations, one of each request, %d"
                    + " partitions, %d bytes of payload, %d rounds of %d s",
                LOAD * most,
                most,
                options.destinations(),
                options.partitions(),
                options.payloadBytes(),
                options.rounds(),
                options.seconds(USUAL_SECONDS)),
            String.format(
                Locale.ROOT,
                "idempotency key in place: p99 %.0f ms; key and delivery id, as the SDK publishes"
                    + " them: p50 %.0f ms, p99 %.0f ms",
                Numbers.median(key.p99),
                Numbers.median(both.p50),
                Numbers.median(both.p99))));
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1_000;
  }
}
