package io.waybill.sender;

import io.waybill.channel.Channel;
import io.waybill.domain.Traces;
import io.waybill.wire.Codecs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the tasks of one destination type.
 *
 * <p>Every task record that is read ends in exactly one place: an event alone (delivered,
 * cancelled), a retry, or a dead letter, written in one transaction with its offset. Sends are at
 * least once: after a crash those are repeated that were under way or had ended since the last
 * commit, {@link SenderLimits#commitInterval} ago.
 *
 * <p>An instance is used once. Its methods may be called from any thread.
 */
public final class Sender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final SenderConfig config;
  private final CompactedFollower destinationFollower;
  private final CompactedFollower controlFollower;
  private final HealthView healths;
  private final CompactedFollower healthFollower;
  private final PayloadSource payloads;
  private final TaskReader reader;
  private final OutcomeEncoder encoder;
  private final Attempts attempts;
  private final Ticker ticker;
  private final Pulse pulse;
  private final SenderHealth health;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final SenderMetrics metrics;
  private final Thread thread;
  private volatile SenderLoad load = SenderLoad.NOTHING;
  private boolean started;

  /**
   * Opens nothing.
   *
   * @param channel of the configured type; stays the caller's to close, after the sender
   * @throws IllegalArgumentException when the channel is of another type
   */
  public Sender(
      SenderConfig config,
      Codecs codecs,
      Channel channel,
      InstantSource clock,
      RandomGenerator random) {
    this(config, codecs, channel, clock, random, SenderMetrics.NONE, Traces.NONE);
  }

  /**
   * The same, watched.
   *
   * @param metrics are told of what it does
   * @param traces likewise, of each attempt
   */
  public Sender(
      SenderConfig config,
      Codecs codecs,
      Channel channel,
      InstantSource clock,
      RandomGenerator random,
      SenderMetrics metrics,
      Traces traces) {
    this.metrics = metrics;
    if (channel.type() != config.type()) {
      throw new IllegalArgumentException(
          "a channel of type " + channel.type() + " in a sender of type " + config.type());
    }
    this.config = config;
    DestinationView destinations = new DestinationView(codecs);
    ControlView controls = new ControlView(codecs);
    this.destinationFollower =
        new CompactedFollower(
            config.type().word() + "-destinations",
            DestinationView.TOPICS,
            KafkaSettings.follower(config, "destinations"),
            destinations::accept);
    this.controlFollower =
        new CompactedFollower(
            config.type().word() + "-control",
            ControlView.TOPICS,
            KafkaSettings.follower(config, "control"),
            controls::accept);
    this.healths = new HealthView(codecs, config.type(), destinations);
    this.healthFollower =
        new CompactedFollower(
            config.type().word() + "-health",
            HealthView.TOPICS,
            KafkaSettings.follower(config, "health"),
            healths::accept);
    this.payloads =
        new PayloadSource(
            KafkaSettings.singleRecords(config), codecs, config.limits().payloadCacheBytes());
    this.reader = new TaskReader(codecs, clock);
    this.ticker = Ticker.of(clock);
    this.pulse = new Pulse(ticker);
    this.encoder = new OutcomeEncoder(codecs, config.type());
    Watchdog watchdog = new Watchdog();
    this.attempts =
        new Attempts(
            new TaskFlow(
                channel,
                config,
                destinations,
                controls,
                payloads,
                new Settlements(random),
                encoder,
                watchdog,
                clock,
                metrics,
                traces),
            watchdog);
    this.thread =
        Thread.ofPlatform().name("waybill-sender-" + config.type().word()).unstarted(this::run);
    this.health =
        new SenderHealth(
            List.of(
                this::threadProblem,
                pulse::standstill,
                destinationFollower::problem,
                controlFollower::problem),
            List.of(pulse::hindrance, payloads::problem, healthFollower::problem),
            pulse::isAssigned);
  }

  /**
   * Reads destinations, controls and destinations' health whole, then begins to read tasks.
   *
   * @throws IllegalStateException when that took longer than {@link SenderConfig#startWithin}, or
   *     the instance was started or closed before; it is closed then
   */
  public synchronized void start() {
    if (started || stopping.getCount() == 0) {
      throw new IllegalStateException("a sender is started once");
    }
    started = true;
    destinationFollower.start();
    controlFollower.start();
    healthFollower.start();
    long end = System.nanoTime() + config.startWithin().toNanos();
    for (CompactedFollower follower :
        List.of(destinationFollower, controlFollower, healthFollower)) {
      if (!isWhole(follower, Duration.ofNanos(end - System.nanoTime()))) {
        String problem = follower.problem().orElse("Kafka was too slow");
        close();
        throw new IllegalStateException(
            "the sender of type "
                + config.type().word()
                + " could not read its views within "
                + config.startWithin()
                + ": "
                + problem
                + "; check bootstrap.servers, the topics and the ACLs");
      }
    }
    payloads.start();
    thread.start();
    LOG.atInfo()
        .addKeyValue("type", config.type().word())
        .addKeyValue("instance", config.instanceId())
        .log("sender started");
  }

  private static boolean isWhole(CompactedFollower follower, Duration within) {
    try {
      return follower.awaitWhole(within);
    } catch (InterruptedException e) {
      // Nothing was read yet, so nothing is repeated: the start fails.
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether it does its work; may be asked at any time. */
  public SenderHealth health() {
    return health;
  }

  /** What it holds, as of a second ago at most while it works; nothing while it does not. */
  public SenderLoad load() {
    return load;
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    try {
      while (!isStopping()) {
        long begun = System.nanoTime();
        try {
          work();
        } catch (RuntimeException e) {
          if (isStopping()) {
            LOG.atWarn()
                .addKeyValue("type", config.type().word())
                .addKeyValue("problem", e.toString())
                .log("sender did not end in order, what it had under way is sent again");
            return;
          }
          // Nothing is lost: what is not committed is read and sent again by the next loop.
          pulse.loopFailed("the poll loop failed: " + nameOf(e) + "; the log says why");
          LOG.atError()
              .setCause(e)
              .addKeyValue("type", config.type().word())
              .log("sender failed, starting its poll loop again");
          boolean wasStable = System.nanoTime() - begun > LONGEST_PAUSE.toNanos();
          pause = wasStable ? FIRST_PAUSE : doubled(pause);
          boolean _ = stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      // Loses nothing: what is not committed is sent again by whoever is next.
      Thread.currentThread().interrupt();
      pulse.loopFailed("the poll thread was interrupted");
    } catch (Error e) {
      // Loses nothing, as above; but nothing is sent until the process is started again.
      pulse.loopFailed("the poll thread died: " + nameOf(e) + "; the log says why");
      LOG.atError().setCause(e).addKeyValue("type", config.type().word()).log("sender died");
      throw e;
    }
  }

  private void work() throws InterruptedException {
    WriterThread writer =
        new WriterThread(
            thread.getName() + "-writer",
            new TransactionalWriter(KafkaSettings.outcomes(config), metrics));
    try (GroupOffsets committed =
            new GroupOffsets(
                KafkaSettings.groupOffsets(config), SenderConfig.groupId(config.type()));
        PollLoop loop =
            new PollLoop(
                config,
                new KafkaConsumer<>(KafkaSettings.tasks(config)),
                committed::committed,
                writer,
                reader,
                encoder,
                attempts,
                pulse,
                healths,
                ticker,
                metrics,
                now -> load = now)) {
      loop.run(this::mustStop);
    }
  }

  /**
   * Also when a view has ended: sending on by what stands still would break cancels and pauses.
   * That of health is no reason: without it breakers begin closed, which costs some attempts.
   */
  private boolean mustStop() {
    if (!isStopping() && (destinationFollower.hasEnded() || controlFollower.hasEnded())) {
      throw new IllegalStateException("a view of the sender has ended; restart the process");
    }
    return isStopping();
  }

  /** Its message may quote what nobody should read who may only ask for health. */
  static String nameOf(Throwable problem) {
    return problem.getClass().getSimpleName();
  }

  private Optional<String> threadProblem() {
    return thread.isAlive() ? Optional.empty() : Optional.of("the poll thread is not running");
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private static Duration doubled(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  /**
   * Stops reading, waits a bounded time for attempts under way, commits what is finished and leaves
   * the group. What is unfinished then costs no attempt and is sent again by whoever is next. Takes
   * at most {@link SenderLimits#closeWithin} and some seconds; further calls do nothing.
   */
  @Override
  public void close() {
    boolean isFirst = stopping.getCount() > 0;
    stopping.countDown();
    if (!isFirst) {
      return;
    }
    Threads.join(thread, config.limits().closeWithin());
    if (thread.isAlive()) {
      LOG.atWarn()
          .addKeyValue("type", config.type().word())
          .log("sender did not end in time, its poll thread is interrupted");
      thread.interrupt();
    }
    payloads.close();
    destinationFollower.close();
    controlFollower.close();
    healthFollower.close();
    LOG.atInfo().addKeyValue("type", config.type().word()).log("sender closed");
  }
}
