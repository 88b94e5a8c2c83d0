package io.waybill.timer;

import static io.waybill.timer.TaskBuilder.aTask;

import io.waybill.domain.Control;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever comes, in whatever order, with whatever due time, however looks are cut short, clocks
 * set, processes restarted, replaced or killed: no task is lost, none is let go early, none twice.
 */
class ParkingModelTest {
  private static final long START = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
  private static final int DELIVERIES = 60;
  private static final List<String> DESTINATIONS = List.of("one", "two", "three");
  private static final Instant SINCE = Instant.ofEpochMilli(START);

  private static final List<Control.Paused> PAUSES =
      List.of(
          new Control.DestinationPaused(new DestinationId("one"), SINCE),
          new Control.DestinationPaused(new DestinationId("two"), SINCE),
          new Control.OrganizationPaused(
              new OrganizationId("acme"), SINCE, Optional.empty(), Optional.empty()),
          new Control.TypePaused(
              DestinationType.WEBHOOK, SINCE, Optional.empty(), Optional.empty()));

  /** What happens next, and a number to draw its details from. */
  record Act(What what, int number) {}

  enum What {
    PARK,
    PARK_MANY_FOR_ONE_INSTANT,
    PARK_AGAIN,
    LOOK,
    CLOCK_BACK,
    CANCEL,
    PAUSE,
    RESUME,
    COMMIT,
    RESTART,
    REBALANCE,
    CRASH
  }

  @Provide
  Arbitrary<List<Act>> acts() {
    Arbitrary<What> whats =
        Arbitraries.frequency(
            Tuple.of(20, What.PARK),
            Tuple.of(4, What.PARK_MANY_FOR_ONE_INSTANT),
            Tuple.of(4, What.PARK_AGAIN),
            Tuple.of(25, What.LOOK),
            Tuple.of(4, What.CLOCK_BACK),
            Tuple.of(2, What.CANCEL),
            Tuple.of(2, What.PAUSE),
            Tuple.of(3, What.RESUME),
            Tuple.of(6, What.COMMIT),
            Tuple.of(1, What.RESTART),
            Tuple.of(2, What.REBALANCE),
            Tuple.of(2, What.CRASH));
    Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 1_000_000);
    return Combinators.combine(whats, numbers).as(Act::new).list().ofMinSize(20).ofMaxSize(300);
  }

  @Property(tries = 150)
  void everyTaskIsLetGoOnceAndNotEarly(
      @ForAll("acts") List<Act> acts, @ForAll @IntRange(min = 1, max = 12) int maxPerTick) {
    ParkingWorld world = new ParkingWorld(maxPerTick, START, new Random(acts.hashCode()));
    List<ParkedTask> came = new ArrayList<>();
    for (Act act : acts) {
      perform(act, world, came);
    }

    PAUSES.forEach(pause -> world.lift(pause.key()));
    world.drain();
    world.clock(Math.max(world.nowMillis, START) + Duration.ofMinutes(2).toMillis());
    world.drain();
    world.assertOnlyFutureIsLeft();
    world.clock(Long.MAX_VALUE - 1);
    world.drain();
    world.assertOnlyFutureIsLeft();
    world.clock(Long.MAX_VALUE);
    world.drain();
    world.assertOnlyFutureIsLeft();
  }

  private static void perform(Act act, ParkingWorld world, List<ParkedTask> came) {
    Random random = new Random(act.number());
    switch (act.what()) {
      case PARK -> take(ParkingWorld.parked(task(random), due(random, world, came)), world, came);
      case PARK_MANY_FOR_ONE_INSTANT -> {
        long dueMillis = due(random, world, came);
        for (int i = 0; i < 30; i++) {
          take(ParkingWorld.parked(task(random), dueMillis), world, came);
        }
      }
      case PARK_AGAIN -> {
        if (!came.isEmpty()) {
          take(came.get(random.nextInt(came.size())), world, came);
        }
      }
      case LOOK -> {
        world.clock(world.nowMillis + random.nextInt(random.nextInt(20) == 0 ? 20_000 : 150));
        world.look();
      }
      case CLOCK_BACK ->
          world.clock(world.nowMillis - random.nextInt(random.nextInt(3) == 0 ? 3_000 : 60));
      case CANCEL ->
          world.put(
              new Control.DeliveryCancelled(
                  delivery(random), random.nextInt(2), Instant.ofEpochMilli(world.nowMillis)));
      case PAUSE -> world.put(pause(random));
      case RESUME -> world.lift(pause(random).key());
      case COMMIT -> world.commit();
      case RESTART -> world.restart();
      case REBALANCE -> world.move(random.nextInt(4_000) - 2_000);
      case CRASH -> world.crash();
    }
  }

  private static void take(ParkedTask task, ParkingWorld world, List<ParkedTask> came) {
    came.add(task);
    world.take(task);
  }

  private static Control.Paused pause(Random random) {
    return PAUSES.get(random.nextInt(PAUSES.size()));
  }

  private static Task task(Random random) {
    return aTask()
        .of(delivery(random))
        .to(destination(random))
        .generation(random.nextInt(2))
        .attempts(random.nextInt(3))
        .priority(1 + random.nextInt(10))
        .build();
  }

  private static DeliveryId delivery(Random random) {
    return new DeliveryId(new UUID(1, random.nextInt(DELIVERIES)));
  }

  private static String destination(Random random) {
    return DESTINATIONS.get(random.nextInt(DESTINATIONS.size()));
  }

  private static long due(Random random, ParkingWorld world, List<ParkedTask> came) {
    long now = world.nowMillis;
    return switch (random.nextInt(12)) {
      case 0 -> now;
      case 1 -> now + 1;
      case 2 -> now - random.nextInt(100_000);
      case 3 -> now + Duration.ofDays(random.nextInt(365)).toMillis();
      case 4 -> -random.nextInt(1_000);
      case 5 ->
          List.of(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1, 0L, -1L)
              .get(random.nextInt(5));
      case 6, 7 ->
          came.isEmpty() ? now : came.get(random.nextInt(came.size())).dueAt().toEpochMilli();
      case 8 -> now + random.nextInt(60);
      default -> now + random.nextInt(2_000);
    };
  }
}
