package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationId;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Lanes without Kafka, by a time that the test makes, and what they have started. */
abstract class LanesFixture {
  static final DestinationId ONE = new DestinationId("one");
  static final DestinationId TWO = new DestinationId("two");
  static final DestinationId THREE = new DestinationId("three");
  static final DestinationId FOUR = new DestinationId("four");

  final FakeTicker ticker = new FakeTicker();
  final AssignedPartition partition =
      new AssignedPartition(new TopicPartition("tasks", 0), Optional.empty(), List.of());
  final Started started = new Started();
  Budget budget = new Budget(1_000, 1_000_000);
  Optional<BreakerMemory.Recalled> recalled = Optional.empty();
  int freeInPartition = 1_000_000;
  long offset;

  record Start(Work work, Order order) {
    Task task() {
      return work.content() instanceof Work.TaskRecord(Task task) ? task : null;
    }
  }

  final class Started implements Lanes.Starter {
    final List<Start> all = new ArrayList<>();

    @Override
    public boolean allows(Work work) {
      return budget.allowsSend(work.payloadBytes(), work.isExpress());
    }

    @Override
    public int freeForAttempts(Work work) {
      return Math.min(budget.freeSends(work.isExpress()), freeInPartition);
    }

    @Override
    public int freePlaces(Work work) {
      return freeInPartition;
    }

    @Override
    public boolean allowsParking(Work work) {
      return budget.allowsParking(work.payloadBytes());
    }

    @Override
    public void start(Work work, Order order) {
      all.add(new Start(work, order));
      if (order instanceof Order.Send) {
        budget.sendStarted(work.payloadBytes(), work.isExpress());
      } else {
        budget.parkingStarted(work.payloadBytes());
      }
    }

    List<Start> take() {
      List<Start> taken = List.copyOf(all);
      all.clear();
      return taken;
    }
  }

  Lanes lanes(int inFlight, double perSecond) {
    return lanes(inFlight, perSecond, 10_000);
  }

  Lanes lanes(int inFlight, double perSecond, int waiting) {
    BreakerPolicy policy = BreakerPolicy.defaults();
    return new Lanes(
        new LaneLimits(inFlight, perSecond, waiting),
        budget.shareOfOne(),
        () -> new FakeBreaker(policy, ticker),
        _ -> recalled,
        ticker);
  }

  Lanes lanes(int inFlight) {
    return lanes(inFlight, Double.POSITIVE_INFINITY);
  }

  void add(Lanes lanes, DestinationId destination, int priority, int count) {
    add(lanes, destination, 1, priority, count);
  }

  void add(Lanes lanes, DestinationId destination, long version, int priority, int count) {
    add(lanes, aTask().to(destination).version(version).priority(priority), count);
  }

  void addLarge(Lanes lanes, DestinationId destination, int priority, long size, int count) {
    TaskPayload payload = new TaskPayload.Reference(new RecordOrigin("requests", 0, 0), "00", size);
    add(lanes, aTask().to(destination).priority(priority).payload(payload), count);
  }

  void add(Lanes lanes, TestTasks.ATask like, int count) {
    for (int i = 0; i < count; i++) {
      Task task = like.createdAt(ticker.now().plusNanos(offset)).build();
      Work work =
          new Work(
              partition,
              partition.progress().received(offset).orElseThrow(),
              new RecordOrigin("tasks", 0, offset++),
              new Work.TaskRecord(task),
              1);
      lanes.add(work, started);
    }
  }

  List<Start> dispatch(Lanes lanes) {
    lanes.dispatch(started);
    return started.take();
  }

  void end(Lanes lanes, Start start, Verdict verdict) {
    if (start.order() instanceof Order.Send) {
      budget.sendEnded(start.work().payloadBytes(), start.work().isExpress());
    } else {
      budget.parkingEnded(start.work().payloadBytes());
    }
    lanes.ended(start.work(), start.order(), verdict);
  }

  static List<Integer> priorities(List<Start> starts) {
    return starts.stream().map(start -> start.task().priority()).toList();
  }

  static List<Instant> slots(List<Start> starts, Reason reason) {
    List<Instant> slots = new ArrayList<>();
    for (Start start : starts) {
      assertThat(start.order())
          .isInstanceOfSatisfying(
              Order.Park.class,
              park -> {
                assertThat(park.reason()).isEqualTo(reason);
                slots.add(park.dueAt());
              });
    }
    return slots;
  }

  static List<Start> sends(List<Start> starts) {
    return starts.stream().filter(start -> start.order() instanceof Order.Send).toList();
  }
}
