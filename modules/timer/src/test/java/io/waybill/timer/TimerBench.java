package io.waybill.timer;

import io.waybill.domain.DestinationType;
import io.waybill.testkit.BrokerProcess;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.utils.Utils;

/**
 * Parks many tasks in the timer over a real broker and says how late they come out, how fast, and
 * what the process occupies.
 *
 * <pre>
 * mvn -q -B -pl modules/timer -am -DskipTests test-compile dependency:build-classpath \
 *     -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
 * java -Xmx512m -cp modules/timer/target/test-classes:modules/timer/target/classes:\
 * $(cat modules/timer/target/classpath.txt) io.waybill.timer.TimerBench --mode=spread
 * </pre>
 *
 * <p>{@code --mode=spread}: {@code --tasks} (1,000,000) due evenly over {@code --seconds} (600).
 * {@code --mode=instant}: all due at one instant, while {@code --live} (200) other tasks per second
 * come in, half of them due at once and half a second later. Further: {@code --partitions} (3),
 * {@code --destinations} (100; 1 puts all tasks into one partition), {@code --payload-bytes} (512),
 * {@code --threads} (1, of the timer), {@code --park-rate} (6,000: how many tasks a second the
 * machine parks at least; the first is due when all are expected to be parked).
 *
 * <p>The broker runs in a child process; the timer shares this one with the bench's own producer
 * and reader. A record's lateness is the time from its due time until a read_committed reader has
 * it. "machine late" is how late a thread wakes that does nothing but sleep for 50 ms: what of the
 * lateness is the machine's. What the process occupies is shown twice a minute. At the end the
 * timer is started again over the same stores, and the longest of its looks is shown.
 */
public final class TimerBench {
  private static final Duration SHOWN_EVERY = Duration.ofSeconds(30);

  private final BenchOptions options;
  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private Footprint largest = Footprint.now();
  private final long startedNanos = System.nanoTime();
  private long shownNanos = startedNanos;

  private TimerBench(BenchOptions options) {
    this.options = options;
  }

  public static void main(String[] args) throws Exception {
    BenchOptions options = BenchOptions.parse(args);
    System.setProperty("logback.configurationFile", "logback-timer.xml");
    Path folder = Files.createTempDirectory("waybill-timer-bench-");
    Files.createDirectory(folder.resolve("broker"));
    try (BrokerProcess broker = BrokerProcess.start(folder.resolve("broker"))) {
      new TimerBench(options).run(broker.bootstrapServers(), folder.resolve("state"));
    } finally {
      Utils.delete(folder.toFile());
    }
  }

  private void run(String bootstrapServers, Path state) throws Exception {
    say("options        " + options);
    BenchTimer.createTopics(bootstrapServers, options.partitions());
    try (BenchTimer timer = new BenchTimer(bootstrapServers, state, codecs, options.threads())) {
      timer.awaitRunning();
      say("running        " + footprint());
      measure(bootstrapServers, timer);
    }
    long begin = System.nanoTime();
    try (BenchTimer again = new BenchTimer(bootstrapServers, state, codecs, options.threads())) {
      again.awaitRunning();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      pause(Duration.ofSeconds(3));
      say("started again  in %,d ms; longest: %s".formatted(millis, again.longest()));
    }
  }

  private void measure(String bootstrapServers, BenchTimer timer) throws Exception {
    try (BenchReader reader = new BenchReader(bootstrapServers, codecs);
        MachineLateness machine = new MachineLateness();
        BenchWriter writer = new BenchWriter(bootstrapServers, codecs, options)) {
      long lead = 15_000 + options.tasks() * 1_000L / options.parkRate();
      long cpu = timer.cpuMicros();
      long begin = System.currentTimeMillis();
      long firstDue = begin + lead;
      writer.park(firstDue);
      String retry = Topics.retry(DestinationType.WEBHOOK);
      await(() -> timer.taken(retry) >= options.tasks());
      long parkedAt = System.currentTimeMillis();
      say(
          "parked         %,d tasks in %.1f s, %,d/s, %.1f us of processor each; %s"
              .formatted(
                  options.tasks(),
                  (parkedAt - begin) / 1e3,
                  options.tasks() * 1_000L / (parkedAt - begin),
                  (double) (timer.cpuMicros() - cpu) / options.tasks(),
                  footprint()));
      if (parkedAt > firstDue) {
        say("WARNING        parking took longer than expected: the first tasks were due before");
      }
      await(() -> System.currentTimeMillis() >= firstDue);
      long cpuBefore = timer.cpuMicros();
      if (options.isInstant()) {
        writer.startLive();
      }
      await(() -> reader.tasks.count() >= options.tasks());
      long drainedAt = System.currentTimeMillis();
      long drainCpu = timer.cpuMicros() - cpuBefore;
      writer.stopLive();
      await(() -> reader.live() >= writer.liveWritten());
      say("lateness       " + reader.tasks.summary());
      say("forwarded      " + reader.forwarded.summary());
      say("early          " + reader.forwarded.negatives());
      say(
          "drained        in %.1f s, %,d/s, %.1f us of processor each"
              .formatted(
                  (drainedAt - firstDue) / 1e3,
                  options.tasks() * 1_000L / (drainedAt - firstDue),
                  (double) drainCpu / options.tasks()));
      if (options.isInstant()) {
        say("live, at once  " + reader.liveAtOnce.summary());
        say("live, 1 s      " + reader.liveSoon.summary());
      }
      say("longest        " + timer.longest());
      say("machine late   " + machine.late.summary());
      say("largest        " + largest + "; now " + footprint());
    }
  }

  private Footprint footprint() {
    Footprint now = Footprint.now();
    largest = largest.max(now);
    return now;
  }

  private void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Footprint now = footprint();
      if (System.nanoTime() - shownNanos >= SHOWN_EVERY.toNanos()) {
        shownNanos = System.nanoTime();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(shownNanos - startedNanos);
        say("occupied       after %d s: %s".formatted(seconds, now));
      }
      pause(Duration.ofMillis(100));
    }
  }

  static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
