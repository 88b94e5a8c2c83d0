package io.waybill.sender;

import io.waybill.domain.RecordOrigin;
import io.waybill.wire.RegistryException;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the type's group, from joining to leaving. All of it runs on the poll thread, which
 * never waits for a send; rebalance callbacks come on it too, inside {@code poll}.
 */
final class PollLoop implements ConsumerRebalanceListener, Lanes.Starter, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(100);
  private static final Duration BUSY_POLL = Duration.ofMillis(10);
  private static final Duration BUSY_PAUSE = Duration.ofMillis(2);
  private static final Duration READ_AGAIN = Duration.ofSeconds(2);
  private static final Duration TELL_LOAD_EVERY = Duration.ofSeconds(1);
  private static final Duration LAST_COMMIT = Duration.ofSeconds(3);

  private final SenderConfig config;
  private final Consumer<byte[], byte[]> consumer;
  private final Ledger ledger;
  private final Committer committer;
  private final Budget budget;
  private final TaskReader reader;
  private final OutcomeEncoder encoder;
  private final Attempts attempts;
  private final Pulse pulse;
  private final Lanes lanes;

  /** Assigned, and not looked at yet for what an earlier owner has left. */
  private final Set<TopicPartition> unknown = new HashSet<>();

  private final ArrayDeque<Received> unread = new ArrayDeque<>();
  private final Standstill standstill;
  private final SenderMetrics metrics;
  private final java.util.function.Consumer<SenderLoad> load;
  private long loadAt = System.nanoTime();
  private long readAgainAt = System.nanoTime();
  private boolean somePaused;

  PollLoop(
      SenderConfig config,
      Consumer<byte[], byte[]> consumer,
      CommittedOffsets.Source committed,
      WriterThread writer,
      TaskReader reader,
      OutcomeEncoder encoder,
      Attempts attempts,
      Pulse pulse,
      BreakerMemory memory,
      Ticker ticker,
      SenderMetrics metrics,
      java.util.function.Consumer<SenderLoad> load) {
    this.metrics = metrics;
    this.load = load;
    this.config = config;
    this.consumer = consumer;
    this.budget = new Budget(config.limits().inFlight(), config.limits().bytes());
    this.lanes =
        new Lanes(
            config.limits().lane(),
            budget.shareOfOne(),
            () -> new FailsafeBreaker(config.breaker(), ticker),
            memory,
            ticker);
    this.ledger =
        new Ledger(
            budget, this::ended, UUID.randomUUID().getMostSignificantBits(), metrics::settled);
    CommittedOffsets offsets = new CommittedOffsets(consumer, committed, ledger, ticker);
    this.committer =
        new Committer(consumer, offsets, writer, ledger, pulse, config.limits(), ticker, metrics);
    metrics.opened(consumer);
    this.reader = reader;
    this.encoder = encoder;
    this.attempts = attempts;
    this.pulse = pulse;
    this.standstill = new Standstill(ticker, new Heartbeats(consumer));
  }

  private record Received(
      AssignedPartition from,
      PartitionProgress.Place<AssignedPartition.Finished> place,
      ConsumerRecord<byte[], byte[]> record,
      long bytes) {}

  /** Works until it is told to stop, then drains, commits and returns. */
  void run(BooleanSupplier stopping) throws InterruptedException {
    consumer.subscribe(
        List.of(Topics.tasks(config.type()), Topics.expressTasks(config.type())), this);
    while (!stopping.getAsBoolean()) {
      standstill.look();
      ledger.collect();
      committer.turn();
      committer.restoreAssigned();
      meetNew();
      prepareEncoder();
      attempts.giveUpOverdue();
      readAgain();
      dispatch();
      pauseOrResume();
      poll();
      pulse.turned();
      tellLoad();
    }
    Duration within = config.limits().closeWithin();
    release(ledger.partitions(), within.dividedBy(2), within.dividedBy(3));
  }

  private void tellLoad() {
    long now = System.nanoTime();
    if (now - loadAt >= 0) {
      loadAt = now + TELL_LOAD_EVERY.toNanos();
      load.accept(lanes.load(budget.inFlight(), budget.bytes()));
    }
  }

  /** Where something is committed, there was an owner before, who may have learnt something. */
  private void meetNew() {
    unknown.removeIf(partition -> {
      Optional<AssignedPartition> restored = ledger.assignedTo(partition);
      restored
          .flatMap(AssignedPartition::committed)
          .ifPresent(_ -> lanes.gained(partition.partition()));
      return restored.isPresent();
    });
  }

  private void poll() {
    boolean isBusy = budget.inFlight() > 0 || lanes.waiting() > 0 || ledger.hasUncommitted();
    // While it holds fetched records of a paused partition, a consumer that is to wait for others
    // does not: it turns in a circle until the time is over, which was a third of a sender's CPU.
    boolean mustNotWait = lanes.waiting() > 0 || somePaused;
    Duration patience = !isBusy ? IDLE_POLL : mustNotWait ? Duration.ZERO : BUSY_POLL;
    standstill.polls();
    ConsumerRecords<byte[], byte[]> records = consumer.poll(patience);
    records.forEach(this::receive);
    if (isBusy && mustNotWait && records.isEmpty()) {
      // Long enough for many attempts to end, which the next turn takes in together.
      LockSupport.parkNanos(BUSY_PAUSE.toNanos());
    }
  }

  private void receive(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    // Without an assignment it was fetched too early: it comes again from where the commit says.
    ledger.assignedTo(partition).ifPresent(from -> receive(from, record));
  }

  private void receive(AssignedPartition from, ConsumerRecord<byte[], byte[]> record) {
    long bytes = Math.max(0, record.serializedValueSize());
    var place = ledger.received(from, record.offset(), bytes);
    if (place.isEmpty()) {
      // Complete by the commit that was found: what took its place was written before.
      return;
    }
    Received received = new Received(from, place.get(), record, bytes);
    if (!unread.isEmpty() || !read(received)) {
      unread.add(received);
    }
  }

  /** Reads what the registry could not help with before. Polling goes on meanwhile, paused. */
  private void readAgain() {
    if (unread.isEmpty() || System.nanoTime() < readAgainAt) {
      return;
    }
    while (!unread.isEmpty() && (unread.getFirst().from().isFenced() || read(unread.getFirst()))) {
      unread.removeFirst();
    }
  }

  private boolean read(Received received) {
    ConsumerRecord<byte[], byte[]> record = received.record();
    RecordOrigin origin = new RecordOrigin(record.topic(), record.partition(), record.offset());
    try {
      Work.Content content = reader.read(origin, record.key(), record.value());
      Work work =
          new Work(
              received.from(),
              received.place(),
              origin,
              content,
              received.bytes(),
              attempts.footprint(content));
      switch (content) {
        case Work.TaskRecord _ -> lanes.add(work, this);
        case Work.PoisonRecord _ -> start(work, new Order.Refuse());
      }
      pulse.registryAvailable();
      return true;
    } catch (RegistryException e) {
      // The task may be perfectly good: never a dead letter for want of a registry.
      registryFailed(e, "task waits for the schema registry");
      return false;
    }
  }

  /**
   * What failed while this process stood still, or has since been given to others, says nothing
   * about the destination.
   */
  private void ended(Work work, Order order, Verdict verdict) {
    boolean isOurs = work.from().isFenced() || standstill.cameDuring(order);
    lanes.ended(work, order, isOurs && verdict == Verdict.BAD ? Verdict.NONE : verdict);
  }

  /** An outcome must not wait for the registry, so nothing is read before it has told all. */
  private void prepareEncoder() {
    if (encoder.isPrepared() || System.nanoTime() < readAgainAt) {
      return;
    }
    try {
      encoder.prepare();
      pulse.registryAvailable();
    } catch (RegistryException e) {
      // Costs time: without its schemas nothing is read, so no outcome has to wait for them.
      registryFailed(e, "sender waits for the schema registry");
    }
  }

  private void registryFailed(RegistryException e, String message) {
    pulse.registryUnavailable(String.valueOf(e.getMessage()));
    LOG.atWarn().addKeyValue("problem", e.getMessage()).log(message);
    readAgainAt = System.nanoTime() + READ_AGAIN.toNanos();
    // A registry that says nothing holds this thread up, and is no sign of a standstill.
    standstill.waited();
  }

  private void dispatch() {
    // In the middle of a turn, too: a commit may have taken long.
    standstill.look();
    // While outcomes cannot be written, nothing may be sent.
    boolean allowsSends = standstill.allowsSends();
    pulse.sendsHeld(!allowsSends);
    if (committer.isReady() && allowsSends) {
      lanes.dispatch(this);
    }
  }

  @Override
  public boolean allows(Work work) {
    return budget.allowsSend(work.payloadBytes(), work.isExpress());
  }

  @Override
  public int freeForAttempts(Work work) {
    return Math.min(
        budget.freeSends(work.isExpress()), config.limits().readUpTo() - work.from().inFlight());
  }

  @Override
  public int freePlaces(Work work) {
    return config.limits().readUpTo() - work.from().progress().size();
  }

  @Override
  public boolean allowsParking(Work work) {
    return budget.allowsParking(work.payloadBytes());
  }

  @Override
  public void start(Work work, Order order) {
    ledger.started(work, order);
    attempts.start(work, order, ledger);
  }

  private void pauseOrResume() {
    Set<TopicPartition> paused = consumer.paused();
    Set<TopicPartition> toPause = new HashSet<>();
    Set<TopicPartition> toResume = new HashSet<>();
    boolean pausesAll = !committer.isReady() || !encoder.isPrepared() || !unread.isEmpty();
    // Room for a whole poll, so that the limit per partition is never exceeded.
    Set<TopicPartition> unrestored = ledger.unrestored();
    int full = config.limits().readUpTo();
    // Not the consumer's own word for it, which changes at any moment.
    for (TopicPartition partition : ledger.allPartitions()) {
      boolean shouldPause =
          pausesAll
              || unrestored.contains(partition)
              || ledger.held(partition) > full
              || !budget.allowsRecords(Topics.isExpressTasks(partition.topic()));
      if (shouldPause != paused.contains(partition)) {
        (shouldPause ? toPause : toResume).add(partition);
      }
    }
    consumer.pause(toPause);
    consumer.resume(toResume);
    somePaused = paused.size() + toPause.size() > toResume.size();
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    LOG.atInfo().addKeyValue("partitions", partitions).log("partitions assigned");
    partitions.forEach(ledger::assign);
    unknown.addAll(partitions);
    // Nothing may be read before it is known what is complete.
    consumer.pause(partitions);
    // Any place but none: without one the consumer asks for its commit itself, again and again
    // while a transaction holds it back, and poll throws when this process stood still meanwhile.
    partitions.forEach(partition -> consumer.seek(partition, 0));
    pulse.assigned();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    LOG.atInfo()
        .addKeyValue("partitions", partitions)
        .addKeyValue("inFlight", ledger.inFlight(partitions))
        .log("partitions revoked");
    try {
      release(partitions, config.limits().revokeDrain(), LAST_COMMIT);
    } catch (InterruptedException e) {
      // The process ends. What is not committed is sent again by the next owner.
      Thread.currentThread().interrupt();
      forget(partitions);
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    LOG.atWarn().addKeyValue("partitions", partitions).log("partitions lost");
    // Another owner may be at work already: no commit.
    forget(partitions);
  }

  /**
   * Drains, commits the finished, and only then fences: the other way round re-sends for nothing.
   */
  private void release(
      Collection<TopicPartition> partitions, Duration drainWithin, Duration commitWithin)
      throws InterruptedException {
    withdraw(partitions);
    long end = System.nanoTime() + drainWithin.toNanos();
    ledger.collect();
    while (ledger.inFlight(partitions) > 0 && System.nanoTime() < end) {
      ledger.collectWithin(BUSY_POLL);
    }
    committer.commitBeforeLeaving(partitions, commitWithin);
    if (ledger.inFlight(partitions) > 0 || ledger.hasUncommitted(partitions)) {
      LOG.atWarn()
          .addKeyValue("partitions", partitions)
          .addKeyValue("inFlight", ledger.inFlight(partitions))
          .addKeyValue("uncommitted", ledger.hasUncommitted(partitions))
          .log("partitions left before all of it was committed, the rest is sent again");
    }
    forget(partitions);
    standstill.waited();
  }

  private void forget(Collection<TopicPartition> partitions) {
    unknown.removeAll(partitions);
    withdraw(partitions);
    ledger.forget(partitions);
  }

  /** Takes back what has not been started. */
  private void withdraw(Collection<TopicPartition> partitions) {
    lanes.withdraw(work -> partitions.contains(work.from().partition()));
    unread.removeIf(received -> partitions.contains(received.from().partition()));
  }

  /** Leaves the group. */
  @Override
  public void close() {
    load.accept(SenderLoad.NOTHING);
    metrics.closing(consumer);
    try {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    } finally {
      committer.close();
    }
  }
}
