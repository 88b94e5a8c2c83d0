package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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
 * One partition, driven at random through the classes that decide what is committed, against a
 * model of Kafka that keeps a log with markers, the last commit, and which records were recorded.
 */
class OffsetsModelTest {
  private static final TopicPartition PARTITION = new TopicPartition("tasks", 0);

  /** What happens next, and a number to draw its details from. */
  record Act(What what, int number) {}

  enum What {
    PUBLISH,
    MARKER,
    POLL,
    FINISH,
    COMMIT,
    COMMIT_ABORTED,
    COMMIT_UNKNOWN,
    REVOKE,
    CRASH
  }

  @Provide
  Arbitrary<List<Act>> acts() {
    Arbitrary<What> whats =
        Arbitraries.frequency(
            Tuple.of(6, What.PUBLISH),
            Tuple.of(3, What.MARKER),
            Tuple.of(5, What.POLL),
            Tuple.of(12, What.FINISH),
            Tuple.of(5, What.COMMIT),
            Tuple.of(1, What.COMMIT_ABORTED),
            Tuple.of(1, What.COMMIT_UNKNOWN),
            Tuple.of(1, What.REVOKE),
            Tuple.of(1, What.CRASH));
    Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 1_000_000);
    return Combinators.combine(whats, numbers).as(Act::new).list().ofMinSize(20).ofMaxSize(400);
  }

  /** The part of Kafka that matters, and the sender that works on it. */
  private static final class World {
    /** True: a record. False: a marker, which occupies an offset and is never returned. */
    final List<Boolean> log = new ArrayList<>();

    Optional<OffsetAndMetadata> committed = Optional.empty();

    /** How often the outcome of an offset was written. */
    final Map<Long, Integer> recorded = new HashMap<>();

    final int held;
    long sessions;
    int position;
    Ledger ledger = new Ledger(new Budget(1_000, 1_000_000), (_, _, _) -> {}, sessions, _ -> {});
    final List<Work> underWay = new ArrayList<>();

    /** What is on its way to Kafka; the sender goes on meanwhile. */
    Optional<Batch> writing = Optional.empty();

    World(int held) {
      this.held = held;
      start();
    }

    void start() {
      ledger = new Ledger(new Budget(1_000, 1_000_000), (_, _, _) -> {}, ++sessions, _ -> {});
      ledger.assign(PARTITION);
      restore();
    }

    void restore() {
      underWay.clear();
      ledger.restore(PARTITION, committed);
      position = Math.toIntExact(committed.map(OffsetAndMetadata::offset).orElse(0L));
    }

    AssignedPartition assigned() {
      return ledger.assignedTo(PARTITION).orElseThrow();
    }

    void poll(int most) {
      for (int i = 0; i < most && position < log.size() && ledger.held(PARTITION) < held; i++) {
        long offset = position++;
        if (!log.get((int) offset)) {
          continue;
        }
        var place = ledger.received(assigned(), offset, 1);
        assertThat(place.isEmpty())
            .as("offset %s is skipped if and only if its outcome was written", offset)
            .isEqualTo(recorded.containsKey(offset));
        place.ifPresent(p -> {
          Work work = LedgerTest.work(assigned(), p, offset);
          ledger.started(work, LedgerTest.SEND);
          underWay.add(work);
        });
      }
    }

    void finish(int number) {
      if (!underWay.isEmpty()) {
        Work work = underWay.remove(number % underWay.size());
        String offset = String.valueOf(work.origin().offset());
        ledger.done(
            work,
            LedgerTest.SEND,
            new Ended(
                new Settled(
                    List.of(new ProducerRecord<>("e", offset.getBytes())), 1, TestTasks.DELIVERED),
                Verdict.GOOD));
        ledger.collect();
      }
    }

    Batch batch(int number) {
      return ledger.nextBatch(List.of(PARTITION), 1 + number % 30, _ -> position);
    }

    /** What a transaction does when it is committed. */
    void write(Batch batch) {
      for (ProducerRecord<byte[], byte[]> record : batch.records()) {
        recorded.merge(Long.parseLong(new String(record.value())), 1, Integer::sum);
      }
      OffsetAndMetadata commit = batch.offsets().get(PARTITION);
      assertThat(commit.metadata()).hasSizeLessThanOrEqualTo(CommitNote.LONGEST);
      assertThat(commit.offset())
          .as("an offset never goes back")
          .isGreaterThanOrEqualTo(committed.map(OffsetAndMetadata::offset).orElse(0L));
      committed = Optional.of(commit);
      assertThatTheCommitIsTrue(commit);
    }

    /** Exactly what was recorded is complete, by watermark or by note. */
    void assertThatTheCommitIsTrue(OffsetAndMetadata commit) {
      Set<Long> complete = new HashSet<>();
      for (long offset = 0; offset < commit.offset(); offset++) {
        complete.add(offset);
      }
      CommitNote.of(PARTITION, commit)
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

    /** Hands a batch to the writer, or takes in that the last one is in Kafka. */
    void commit(int number) {
      if (writing.isPresent()) {
        endWriting();
      } else {
        writing = Optional.of(batch(number)).filter(batch -> !batch.isEmpty());
      }
    }

    void endWriting() {
      writing.ifPresent(batch -> {
        write(batch);
        ledger.committed(batch);
      });
      writing = Optional.empty();
    }

    void commitNow() {
      endWriting();
      commit(29);
      endWriting();
    }

    /** The answer is lost; whether the transaction was committed is drawn. */
    void commitUnknown(int number) {
      Batch batch = writing.orElseGet(() -> batch(number));
      writing = Optional.empty();
      if (batch.isEmpty()) {
        return;
      }
      if (number % 2 == 0) {
        write(batch);
      }
      if (number % 3 == 0) {
        ledger.forget(List.of(PARTITION));
        ledger.assign(PARTITION);
        restore();
      }
      Map<TopicPartition, OffsetAndMetadata> now = new HashMap<>();
      committed.ifPresent(commit -> now.put(PARTITION, commit));
      ledger.reconcile(batch, now);
      assertThat(ledger.unrestored()).isEmpty();
    }

    void act(Act act) {
      switch (act.what()) {
        case PUBLISH -> {
          for (int i = 0; i <= act.number() % 12; i++) {
            log.add(true);
          }
        }
        case MARKER -> log.add(false);
        case POLL -> poll(1 + act.number() % 20);
        case FINISH -> finish(act.number());
        case COMMIT -> commit(act.number());
        case COMMIT_ABORTED -> writing = Optional.empty();
        case COMMIT_UNKNOWN -> commitUnknown(act.number());
        case REVOKE -> {
          commitNow();
          ledger.forget(List.of(PARTITION));
          ledger.assign(PARTITION);
          restore();
        }
        case CRASH -> {
          if (act.number() % 2 == 0) {
            writing.ifPresent(this::write);
          }
          writing = Optional.empty();
          start();
        }
      }
    }

    void finishEverything() {
      for (int turn = 0; turn < 10_000 && !isDone(); turn++) {
        poll(20);
        finish(turn);
        commitNow();
      }
    }

    boolean isDone() {
      return position == log.size() && underWay.isEmpty() && !ledger.hasUncommitted();
    }
  }

  @Property(tries = 1_500)
  void nothingIsSkippedAndNothingThatWasRecordedIsRepeated(@ForAll("acts") List<Act> acts) {
    World world = new World(40);
    acts.forEach(world::act);
    world.finishEverything();

    Set<Long> records = new HashSet<>();
    for (long offset = 0; offset < world.log.size(); offset++) {
      if (world.log.get((int) offset)) {
        records.add(offset);
      }
    }
    assertThat(world.recorded.keySet()).isEqualTo(records);
    assertThat(world.recorded.values()).allMatch(times -> times == 1);
    if (!records.isEmpty()) {
      assertThat(world.committed.orElseThrow().offset())
          .isGreaterThan(records.stream().max(Comparator.naturalOrder()).orElseThrow());
    }
  }

  /** So many held that their holes do not always fit: outcomes wait, and come out in the end. */
  @Property(tries = 10)
  void aNoteThatWouldBeTooLongHoldsOutcomesBackAndNothingElse(@ForAll Random random) {
    World world = new World(8_000);
    for (int i = 0; i < 8_000; i++) {
      world.log.add(true);
    }
    world.poll(8_000);
    Collections.shuffle(world.underWay, random);
    int mostHeldBack = 0;
    while (!world.underWay.isEmpty()) {
      for (int i = 0; i < 100; i++) {
        world.finish(0);
      }
      Batch batch = world.ledger.nextBatch(List.of(PARTITION), 8_000, _ -> world.position);
      if (!batch.isEmpty()) {
        world.write(batch);
        world.ledger.committed(batch);
      }
      mostHeldBack = Math.max(mostHeldBack, world.ledger.held(PARTITION) - world.underWay.size());
      if (random.nextInt(20) == 0) {
        world.start();
        world.poll(8_000);
        Collections.shuffle(world.underWay, random);
      }
    }
    world.finishEverything();
    assertThat(mostHeldBack).as("the note was full at times").isPositive();
    assertThat(world.recorded).hasSize(8_000);
    assertThat(world.recorded.values()).allMatch(times -> times == 1);
  }
}
