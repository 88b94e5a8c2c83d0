package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.RecordOrigin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Two partitions, driven at random through the classes that decide what is committed, against a
 * model of Kafka that keeps logs with markers, the last commits, and which records were recorded.
 */
class OffsetsModelTest {
  private static final int PARTITIONS = 2;
  private static final long BYTES = 1_000_000;

  /** What happens next, and a number to draw its details from. */
  record Act(What what, int number) {}

  enum What {
    PUBLISH,
    MARKER,
    POLL,
    FINISH,
    LATE_RESULT,
    COMMIT,
    COMMIT_ABORTED,
    COMMIT_UNKNOWN,
    REVOKE,
    REVOKE_UNCOMMITTED,
    CRASH
  }

  @Provide
  Arbitrary<List<Act>> acts() {
    Arbitrary<What> whats =
        Arbitraries.frequency(
            Tuple.of(8, What.PUBLISH),
            Tuple.of(3, What.MARKER),
            Tuple.of(7, What.POLL),
            Tuple.of(16, What.FINISH),
            Tuple.of(2, What.LATE_RESULT),
            Tuple.of(6, What.COMMIT),
            Tuple.of(1, What.COMMIT_ABORTED),
            Tuple.of(1, What.COMMIT_UNKNOWN),
            Tuple.of(1, What.REVOKE),
            Tuple.of(1, What.REVOKE_UNCOMMITTED),
            Tuple.of(1, What.CRASH));
    Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 1_000_000);
    return Combinators.combine(whats, numbers).as(Act::new).list().ofMinSize(20).ofMaxSize(400);
  }

  /** One partition as Kafka has it, and how far the sender that owns it has read. */
  private static final class Log {
    final TopicPartition partition;

    /** True: a record. False: a marker, which occupies an offset and is never returned. */
    final List<Boolean> log = new ArrayList<>();

    Optional<OffsetAndMetadata> committed = Optional.empty();

    /** How often the outcome of an offset was written. */
    final Map<Long, Integer> recorded = new HashMap<>();

    int position;
    final List<Work> underWay = new ArrayList<>();

    Log(int number) {
      partition = new TopicPartition("tasks", number);
    }

    void restore(Ledger ledger) {
      ledger.restore(partition, committed);
      position = Math.toIntExact(committed.map(OffsetAndMetadata::offset).orElse(0L));
    }

    void poll(Ledger ledger, int most, int held) {
      AssignedPartition assigned = ledger.assignedTo(partition).orElseThrow();
      for (int i = 0; i < most && position < log.size() && ledger.held(partition) < held; i++) {
        long offset = position++;
        if (!log.get((int) offset)) {
          continue;
        }
        var place = ledger.received(assigned, offset, 1);
        assertThat(place.isEmpty())
            .as("offset %s is skipped if and only if its outcome was written", offset)
            .isEqualTo(recorded.containsKey(offset));
        place.ifPresent(p -> {
          Work work = LedgerTest.work(assigned, p, offset);
          ledger.started(work, LedgerTest.SEND);
          underWay.add(work);
        });
      }
    }

    void finish(Ledger ledger, int number) {
      if (!underWay.isEmpty()) {
        end(ledger, underWay.remove(number % underWay.size()));
      }
    }

    /** Exactly what was recorded is complete, by watermark or by note. */
    void assertThatTheCommitIsTrue() {
      OffsetAndMetadata commit = committed.orElseThrow();
      Set<Long> complete = new HashSet<>();
      for (long offset = 0; offset < commit.offset(); offset++) {
        complete.add(offset);
      }
      CommitNote.of(partition, commit)
          .orElseThrow()
          .complete()
          .forEach(range -> {
            for (long offset = range.from(); offset < range.to(); offset++) {
              complete.add(offset);
            }
          });
      complete.removeIf(offset -> offset >= log.size() || !log.get(offset.intValue()));
      assertThat(complete).isEqualTo(recorded.keySet());
    }
  }

  private static void end(Ledger ledger, Work work) {
    RecordOrigin origin = work.origin();
    String value = origin.partition() + " " + origin.offset();
    ledger.done(
        work,
        LedgerTest.SEND,
        new Ended(
            new Settled(
                List.of(new ProducerRecord<>("e", value.getBytes())), 1, TestTasks.DELIVERED),
            Verdict.GOOD));
    ledger.collect();
  }

  /** The part of Kafka that matters, and the sender that works on it. */
  private static final class World {
    final int held;
    final List<Log> logs = new ArrayList<>();
    long sessions;
    Budget budget = new Budget(1_000, BYTES);
    Ledger ledger = new Ledger(budget, (_, _, _) -> {}, sessions, _ -> {});

    /** Attempts of epochs that have ended, which may end as well. */
    final List<Work> late = new ArrayList<>();

    /** What is on its way to Kafka; the sender goes on meanwhile. */
    Optional<Batch> writing = Optional.empty();

    World(int held, int partitions) {
      this.held = held;
      for (int i = 0; i < partitions; i++) {
        logs.add(new Log(i));
      }
      start();
    }

    void start() {
      budget = new Budget(1_000, BYTES);
      ledger = newLedger(budget);
      late.clear();
      for (Log log : logs) {
        log.underWay.clear();
        comeBack(log);
      }
    }

    Ledger newLedger(Budget of) {
      return new Ledger(of, (_, _, _) -> {}, ++sessions, _ -> {});
    }

    void leave(Log log) {
      ledger.forget(List.of(log.partition));
      late.addAll(log.underWay);
      log.underWay.clear();
    }

    void comeBack(Log log) {
      ledger.assign(log.partition);
      log.restore(ledger);
    }

    Batch batch(Ledger of, Collection<Log> which, int number) {
      return of.nextBatch(
          which.stream().map(log -> log.partition).toList(),
          1 + number % 30,
          partition -> logs.get(partition.partition()).position);
    }

    /** What a transaction does when it is committed. */
    void write(Batch batch) {
      for (ProducerRecord<byte[], byte[]> record : batch.records()) {
        String[] value = new String(record.value()).split(" ");
        logs.get(Integer.parseInt(value[0]))
            .recorded
            .merge(Long.parseLong(value[1]), 1, Integer::sum);
      }
      batch
          .offsets()
          .forEach((partition, commit) -> {
            Log log = logs.get(partition.partition());
            assertThat(commit.metadata()).hasSizeLessThanOrEqualTo(CommitNote.LONGEST);
            assertThat(commit.offset())
                .as("an offset never goes back")
                .isGreaterThanOrEqualTo(log.committed.map(OffsetAndMetadata::offset).orElse(0L));
            log.committed = Optional.of(commit);
            log.assertThatTheCommitIsTrue();
          });
    }

    /** Hands a batch to the writer, or takes in that the last one is in Kafka. */
    void commit(Collection<Log> which, int number) {
      if (writing.isPresent()) {
        endWriting();
      } else {
        writing = Optional.of(batch(ledger, which, number)).filter(batch -> !batch.isEmpty());
      }
    }

    void endWriting() {
      writing.ifPresent(batch -> {
        write(batch);
        ledger.committed(batch);
      });
      writing = Optional.empty();
    }

    void commitNow(Collection<Log> which) {
      endWriting();
      commit(which, 29);
      endWriting();
    }

    /** The answer is lost; whether the transaction was committed is drawn. */
    void commitUnknown(int number) {
      Batch batch = writing.orElseGet(() -> batch(ledger, logs, number));
      writing = Optional.empty();
      if (batch.isEmpty()) {
        return;
      }
      if (number % 2 == 0) {
        write(batch);
      }
      if (number % 3 == 0) {
        Log log = logs.get(number / 7 % logs.size());
        leave(log);
        if (number % 5 == 0) {
          workOfAnotherOwner(log, number);
        }
        comeBack(log);
      }
      Map<TopicPartition, OffsetAndMetadata> now = new HashMap<>();
      logs.forEach(log -> log.committed.ifPresent(commit -> now.put(log.partition, commit)));
      ledger.reconcile(batch, now);
      assertThat(ledger.unrestored()).isEmpty();
    }

    /**
     * A partition goes before what it has is committed: the time for it was too short. What was on
     * its way is in Kafka already, and its answer comes when the partition is gone; or it is
     * refused for the member has a new epoch.
     */
    void revokeUncommitted(Log log, int number) {
      boolean isInKafka = number % 2 == 0;
      leave(log);
      if (isInKafka) {
        writing.ifPresent(this::write);
      }
      if (number % 3 > 0) {
        workOfAnotherOwner(log, number);
      }
      if (isInKafka) {
        writing.ifPresent(ledger::committed);
      }
      writing = Optional.empty();
      comeBack(log);
    }

    /** Somebody else reads on, commits a part, and loses the partition again. */
    void workOfAnotherOwner(Log log, int number) {
      Ledger other = newLedger(new Budget(1_000, BYTES));
      other.assign(log.partition);
      log.restore(other);
      log.poll(other, 1 + number % 25, held);
      for (int i = 0; i < number % 11; i++) {
        log.finish(other, number / 3 + i);
      }
      Batch batch = batch(other, List.of(log), number);
      if (!batch.isEmpty()) {
        write(batch);
      }
      log.underWay.clear();
    }

    void act(Act act) {
      int number = act.number();
      Log log = logs.get(number / 7 % logs.size());
      switch (act.what()) {
        case PUBLISH -> {
          for (int i = 0; i <= number % 12; i++) {
            log.log.add(true);
          }
        }
        case MARKER -> log.log.add(false);
        case POLL -> log.poll(ledger, 1 + number % 20, held);
        case FINISH -> log.finish(ledger, number);
        case LATE_RESULT -> endLate(number);
        case COMMIT -> commit(logs, number);
        case COMMIT_ABORTED -> writing = Optional.empty();
        case COMMIT_UNKNOWN -> commitUnknown(number);
        case REVOKE -> {
          commitNow(List.of(log));
          leave(log);
          if (number % 3 == 0) {
            workOfAnotherOwner(log, number);
          }
          comeBack(log);
        }
        case REVOKE_UNCOMMITTED -> revokeUncommitted(log, number);
        case CRASH -> {
          if (number % 2 == 0) {
            writing.ifPresent(this::write);
          }
          writing = Optional.empty();
          start();
        }
      }
    }

    /** Whoever owns the record now sends it again: that of the old epoch must leave no trace. */
    void endLate(int number) {
      if (!late.isEmpty()) {
        end(ledger, late.remove(number % late.size()));
      }
    }

    void finishEverything() {
      for (int turn = 0; turn < 10_000 && !isDone(); turn++) {
        for (Log log : logs) {
          log.poll(ledger, 20, held);
          log.finish(ledger, turn);
        }
        endLate(turn);
        commitNow(logs);
      }
    }

    boolean isDone() {
      return late.isEmpty()
          && !ledger.hasUncommitted()
          && logs.stream()
              .allMatch(log -> log.position == log.log.size() && log.underWay.isEmpty());
    }
  }

  @Property(tries = 1_000)
  void nothingIsSkippedAndNothingThatWasRecordedIsRepeated(@ForAll("acts") List<Act> acts) {
    World world = new World(40, PARTITIONS);
    acts.forEach(world::act);
    world.finishEverything();

    for (Log log : world.logs) {
      Set<Long> records = new HashSet<>();
      for (long offset = 0; offset < log.log.size(); offset++) {
        if (log.log.get((int) offset)) {
          records.add(offset);
        }
      }
      assertThat(log.recorded.keySet()).isEqualTo(records);
      assertThat(log.recorded.values()).allMatch(times -> times == 1);
      if (!records.isEmpty()) {
        assertThat(log.committed.orElseThrow().offset())
            .isGreaterThan(records.stream().max(Comparator.naturalOrder()).orElseThrow());
      }
    }
    assertThat(world.budget.inFlight()).as("what every epoch began has ended").isZero();
    world.budget.sendStarted(0, false);
    assertThat(world.budget.allowsParking(BYTES)).as("and what came late left nothing").isTrue();
  }

  /** So many held that their holes do not always fit: outcomes wait, and come out in the end. */
  @Property(tries = 10)
  void aNoteThatWouldBeTooLongHoldsOutcomesBackAndNothingElse(@ForAll Random random) {
    World world = new World(8_000, 1);
    Log log = world.logs.getFirst();
    for (int i = 0; i < 8_000; i++) {
      log.log.add(true);
    }
    log.poll(world.ledger, 8_000, world.held);
    Collections.shuffle(log.underWay, random);
    int mostHeldBack = 0;
    while (!log.underWay.isEmpty()) {
      for (int i = 0; i < 100; i++) {
        log.finish(world.ledger, 0);
      }
      Batch batch = world.ledger.nextBatch(List.of(log.partition), 8_000, _ -> log.position);
      if (!batch.isEmpty()) {
        world.write(batch);
        world.ledger.committed(batch);
      }
      mostHeldBack = Math.max(mostHeldBack, world.ledger.held(log.partition) - log.underWay.size());
      if (random.nextInt(20) == 0) {
        world.start();
        log.poll(world.ledger, 8_000, world.held);
        Collections.shuffle(log.underWay, random);
      }
    }
    world.finishEverything();
    assertThat(mostHeldBack).as("the note was full at times").isPositive();
    assertThat(log.recorded).hasSize(8_000);
    assertThat(log.recorded.values()).allMatch(times -> times == 1);
  }
}
