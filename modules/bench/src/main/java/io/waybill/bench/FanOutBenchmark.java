package io.waybill.bench;

import io.waybill.app.Role;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.TaskId;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Fan-out alone against a producer that only writes: the same task records into the same
 * partitions, one after the other within each round.
 */
final class FanOutBenchmark {
  private static final int USUAL_SECONDS = 10;

  /** Tasks of one request. */
  private static final int EACH = 3;

  /** Tasks per second that the first load is made for. */
  private static final double FIRST_RATE = 10_000;

  /** Windows that are thrown away, until the compilers are done: they compete for the cores. */
  private static final int MOST_WARM_UPS = 10;

  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Records that the producer writes again and again. */
  private static final int DIFFERENT = 6_000;

  private static final List<String> READ =
      List.of(Topics.REQUESTS, Topics.FAN_OUT_REKEYED, Lab.TASKS, Topics.EVENTS);

  private final Lab lab;
  private final Options options;
  private final Codecs codecs;
  private final Requests requests;
  private double perSecond = FIRST_RATE;

  FanOutBenchmark(Lab lab, Options options) {
    this.lab = lab;
    this.options = options;
    this.codecs =
        new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", lab.registryUrl())));
    this.requests = new Requests(codecs, options.destinations());
  }

  /** Both sides, and what they work on. */
  private record Sides(
      TopicLogs logs, Child fanOut, Child producer, Batch batch, CommittedReader events) {}

  Report measure() {
    Duration length = Duration.ofSeconds(options.seconds(USUAL_SECONDS));
    List<Double> rates = new ArrayList<>();
    List<Double> perSeconds = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    List<Double> producerCpus = new ArrayList<>();
    try (TopicLogs logs = new TopicLogs(lab, options);
        CommittedReader events = new CommittedReader(lab, logs.of(Topics.EVENTS))) {
      logs.keepAll();
      Child fanOut = RolesMain.start(lab, options, "fan-out", Set.of(Role.FAN_OUT), "");
      Child producer =
          lab.startSubject(
              "plain-producer",
              PlainProducerMain.class,
              lab.bootstrapServers(),
              Lab.TASKS,
              Integer.toString(options.partitions()));
      try (Batch batch = new Batch(lab, logs, fanOut, Lab.TASKS)) {
        Sides sides = new Sides(logs, fanOut, producer, batch, events);
        warmUp(sides);
        for (int number = 1; number <= options.rounds(); number++) {
          String round = Integer.toString(number);
          // Turn about, so that whatever the first leaves behind does not always hit the same one.
          boolean fanOutFirst = number % 2 == 0;
          Window first =
              fanOutFirst ? fanOut(sides, round, length) : producer(sides, round, length);
          Window second =
              fanOutFirst ? producer(sides, round, length) : fanOut(sides, round, length);
          Window ofFanOut = fanOutFirst ? first : second;
          Window ofProducer = fanOutFirst ? second : first;
          rates.add(ofFanOut.perSecond() / ofProducer.perSecond());
          perSeconds.add(ofFanOut.perSecond());
          cpus.add(ofFanOut.cpuMicros());
          producerCpus.add(ofProducer.cpuMicros());
        }
      }
    }
    return new Report(
        List.of(
            Figure.median(
                "fan-out.rate",
                "tasks per second, fan-out / plain producer of the same records",
                rates,
                new Figure.Goal.AtLeast(0.40),
                new Figure.Goal.AtLeast(0.65))),
        List.of(
            String.format(
                Locale.ROOT,
                "%d destinations, %d of each request, %d partitions, %d bytes of payload, an"
                    + " idempotency key in each request, %d rounds of about %d s",
                options.destinations(),
                EACH,
                options.partitions(),
                options.payloadBytes(),
                options.rounds(),
                length.toSeconds()),
            String.format(
                Locale.ROOT,
                "%.0f tasks per second; CPU of each: %.1f us of fan-out, %.1f us of the producer",
                Numbers.median(perSeconds),
                Numbers.median(cpus),
                Numbers.median(producerCpus))));
  }

  private void warmUp(Sides sides) {
    System.out.println(Window.HEADING.replace("sends/s", "tasks/s").replace("/send", "/task"));
    for (int i = 0; i < MOST_WARM_UPS && !fanOut(sides, "warm-up", WARM_UP).isWarm(); i++) {
      // Until it is warm, or never will be.
    }
    for (int i = 0; i < MOST_WARM_UPS && !producer(sides, "warm-up", WARM_UP).isWarm(); i++) {
      // Likewise.
    }
  }

  private Window fanOut(Sides sides, String round, Duration length) {
    int count = Math.max(1_000, (int) (perSecond * length.toMillis() / 1e3 / EACH));
    Set<TaskId> tasks = new HashSet<>();
    Map<TopicPartition, Long> eventsBefore = sides.logs().readable(Topics.EVENTS);
    Window window =
        sides
            .batch()
            .work(
                IntStream.range(0, count)
                    .mapToObj(number ->
                        requests.record(
                            requests.make(
                                Requests.Recognition.KEY,
                                number * EACH % options.destinations(),
                                EACH,
                                Traffic.payload(Receiver.nowMicros(), options.payloadBytes())))),
                (long) EACH * count,
                record -> tasks.add(task(record)));
    requireEvents(sides, eventsBefore, count);
    System.out.println(window.row(round, "fan-out"));
    perSecond = window.perSecond();
    sides.producer().order(LONG, "take", DIFFERENT);
    sides.logs().forget(READ);
    return window;
  }

  private TaskId task(ConsumerRecord<byte[], byte[]> record) {
    try {
      return codecs.tasks().decode(record.value()).taskId();
    } catch (UndecodableException e) {
      throw new BenchException("a task cannot be read", e);
    }
  }

  /** Each request must have been accepted once, with all its tasks. */
  private void requireEvents(Sides sides, Map<TopicPartition, Long> before, int requested) {
    int[] accepted = new int[1];
    sides.events().skipTo(before);
    sides
        .events()
        .read(
            sides.logs().readable(Topics.EVENTS),
            record -> {
              try {
                if (codecs.events().decode(record.value()) instanceof DeliveryEvent.Accepted event
                    && event.tasks().size() == EACH) {
                  accepted[0]++;
                }
              } catch (UndecodableException e) {
                throw new BenchException("an event cannot be read", e);
              }
            });
    if (accepted[0] != requested) {
      throw new BenchException("of %d requests %d were accepted".formatted(requested, accepted[0]));
    }
  }

  private Window producer(Sides sides, String round, Duration length) {
    Reading from = Reading.now(lab, sides.producer());
    String written =
        sides.producer().order(length.plus(LONG), "write", Long.toString(length.toMillis()));
    Reading to = Reading.now(lab, sides.producer());
    Window window = Window.between(from, to, Long.parseLong(written));
    System.out.println(window.row(round, "producer"));
    sides.logs().forget(READ);
    return window;
  }
}
