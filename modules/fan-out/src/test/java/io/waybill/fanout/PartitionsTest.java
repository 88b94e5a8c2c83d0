package io.waybill.fanout;

import static io.waybill.fanout.Samples.HOSPITAL;
import static io.waybill.fanout.Samples.destination;
import static io.waybill.fanout.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.Accepted;
import io.waybill.domain.DeliveryEvent.Duplicate;
import io.waybill.domain.DeliveryEvent.Rejected;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dedupe across partitions: what is claimed where, and what travels. */
class PartitionsTest {
  private static final int COUNT = 3;

  private Partitions fanOut;

  @BeforeEach
  void start(@TempDir Path folder) {
    fanOut = new Partitions(COUNT, folder);
    fanOut.table.put(destination("siem").build());
  }

  @DisplayName("row 11: one key on two partitions is one delivery")
  @Test
  void oneKeyOnTwoPartitionsIsOneDelivery() {
    for (int i = 0; i < 60; i++) {
      fanOut.publish(i % COUNT, request("siem").key("key-" + i).build());
      fanOut.publish((i + 1 + i / COUNT % 2) % COUNT, request("siem").key("key-" + i).build());
      fanOut.settle();

      assertThat(fanOut.tasks).hasSize(i + 1);
      assertThat(fanOut.events)
          .extracting(event -> event.getClass().getSimpleName())
          .containsExactlyInAnyOrder("Accepted", "Duplicate");
      assertThat(fanOut.hops).isLessThanOrEqualTo(2);
      fanOut.events.clear();
      fanOut.hops = 0;
    }
    assertThat(fanOut.deadLetters).isEmpty();
  }

  @Test
  void oneDeliveryIdOnTwoPartitionsIsOneDelivery() {
    DeliveryId id = DeliveryId.random();

    for (int partition = 0; partition < COUNT; partition++) {
      fanOut.publish(partition, request("siem").id(id).build());
    }
    fanOut.settle();

    assertThat(fanOut.tasks).hasSize(1);
    assertThat(fanOut.events)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactlyInAnyOrder("Accepted", "Duplicate", "Duplicate");
  }

  @Test
  void doesNotHopWithoutAClaim() {
    for (int partition = 0; partition < COUNT; partition++) {
      fanOut.publish(partition, request("siem").build());
    }

    assertThat(fanOut.passedOn).isEmpty();
    assertThat(fanOut.tasks).hasSize(COUNT);
  }

  @Test
  void doesNotHopWhereTheClaimBelongs() {
    for (int i = 0; i < 30; i++) {
      String name = RequestKeys.of(HOSPITAL, "key-" + i);
      fanOut.publish(RequestKeys.partitionOf(name, COUNT), request("siem").key("key-" + i).build());
    }

    assertThat(fanOut.passedOn).isEmpty();
    assertThat(fanOut.tasks).hasSize(30);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void hopsAtMostTwiceAndOnceForPublishersWhoKeyByDeliveryId(int start) {
    for (int i = 0; i < 60; i++) {
      DeliveryId id = DeliveryId.random();
      fanOut.publish(start, request("siem").id(id).key("key-" + i).build());
      fanOut.settle();
      assertThat(fanOut.hops).isLessThanOrEqualTo(2);
      fanOut.hops = 0;

      DeliveryId next = DeliveryId.random();
      int home = RequestKeys.partitionOf(RequestKeys.of(HOSPITAL, next.toString()), COUNT);
      fanOut.publish(home, request("siem").id(next).key("next-" + i).build());
      fanOut.settle();
      assertThat(fanOut.hops).isLessThanOrEqualTo(1);
      fanOut.hops = 0;
    }
    assertThat(fanOut.tasks).hasSize(120);
    assertThat(fanOut.deadLetters).isEmpty();
  }

  @Test
  void remembersTheOriginOverEveryHop() {
    Instant published = fanOut.clock.instant();
    DeliveryId id = idAwayFrom(0);
    String key = keyAwayFrom(0, home(id.toString()));

    fanOut.publish(0, request("siem").id(id).key(key).build());
    fanOut.clock.advance(Duration.ofSeconds(2));
    fanOut.settle();

    assertThat(fanOut.hops).isEqualTo(2);
    assertThat(fanOut.tasks)
        .singleElement()
        .satisfies(task -> {
          assertThat(task.createdAt()).isEqualTo(published);
          assertThat(task.firstDueAt()).isEqualTo(published.plusSeconds(2));
        });
    assertThat(fanOut.events)
        .singleElement()
        .isInstanceOfSatisfying(
            Accepted.class,
            accepted ->
                assertThat(accepted.payload().origin())
                    .isEqualTo(new RecordOrigin(Topics.REQUESTS, 0, 100)));

    fanOut.publish(0, request("siem").key(key).data("2").build());
    fanOut.settle();

    assertThat(fanOut.deadLetters)
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.origin()).isEqualTo(new RecordOrigin(Topics.REQUESTS, 0, 101));
          assertThat(letter.deliveryId()).contains(DeliveryId.ofRecord("topic-id", 0, 101));
          assertThat(letter.reason()).isEqualTo(Reason.IDEMPOTENCY_CONFLICT);
        });
  }

  @Test
  void aRefusedDeliveryIdDoesNotUseUpTheKey() {
    DeliveryId used = DeliveryId.random();
    fanOut.publish(0, request("siem").id(used).build());
    fanOut.settle();

    fanOut.publish(0, request("siem").id(used).key("k").data("2").build());
    fanOut.settle();
    fanOut.publish(1, request("siem").id(DeliveryId.random()).key("k").data("2").build());
    fanOut.settle();

    assertThat(fanOut.events)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Accepted", "Rejected", "Accepted");
    assertThat(fanOut.deadLetters)
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.DELIVERY_ID_CONFLICT);
  }

  @Test
  void aDestinationThatIsGoneAfterAHopLeavesTheKeyFree() {
    DeliveryId id = idAwayFrom(0);
    String key = keyAwayFrom(0, home(id.toString()));
    fanOut.publish(0, request("siem").id(id).key(key).build());
    Partitions.PassedOn first = fanOut.passedOn.removeFirst();
    fanOut.passedOn.add(first);
    fanOut.table.remove(destination("siem").build().id());
    fanOut.settle();
    fanOut.advance(FanOutConfig.DEFAULT_GRACE);
    assertThat(fanOut.events).singleElement().isInstanceOf(Rejected.class);

    fanOut.table.put(destination("siem").build());
    fanOut.publish(1, request("siem").key(key).build());
    fanOut.settle();

    assertThat(fanOut.events).last().isInstanceOf(Accepted.class);
  }

  @Test
  void waitsNoLongerThanOneGraceOnTheWholeRoad() {
    DeliveryId id = idAwayFrom(0);
    String key = keyAwayFrom(0, home(id.toString()));

    fanOut.publish(0, request("siem", "unknown").id(id).key(key).build());
    fanOut.settle();
    fanOut.advance(FanOutConfig.DEFAULT_GRACE);
    fanOut.settle();

    assertThat(fanOut.hops).isEqualTo(2);
    assertThat(fanOut.events)
        .singleElement()
        .isInstanceOfSatisfying(
            Accepted.class, accepted -> assertThat(accepted.refused()).hasSize(1));
  }

  @Test
  void keepsWaitingRequestsOverARestart() {
    int home = home("k");
    fanOut.publish(home, request("late").key("k").build());
    fanOut.publish(home, request("never").build());
    fanOut.restart(home);
    fanOut.advance(Duration.ofSeconds(1));
    assertThat(fanOut.events).isEmpty();

    fanOut.table.put(destination("late").build());
    fanOut.advance(Duration.ofMillis(25));
    assertThat(fanOut.events).singleElement().isInstanceOf(Accepted.class);

    fanOut.restart(home);
    fanOut.advance(FanOutConfig.DEFAULT_GRACE);
    assertThat(fanOut.events)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Accepted", "Rejected");
    assertThat(fanOut.deadLetters)
        .extracting(DeadLetter::origin)
        .containsExactly(new RecordOrigin(Topics.REQUESTS, home, 101));
  }

  @Test
  void keepsClaimsOverARestart() {
    int home = home("k");
    fanOut.publish(home, request("siem").key("k").build());
    fanOut.restart(home);

    fanOut.publish(home, request("siem").key("k").build());

    assertThat(fanOut.events)
        .extracting(DeliveryEvent::deliveryId, event -> event instanceof Duplicate)
        .containsExactly(
            tuple(DeliveryId.ofRecord("topic-id", home, 100), false),
            tuple(DeliveryId.ofRecord("topic-id", home, 101), true));
  }

  @Test
  void releasesABurstOfWaitingRequestsBitByBit() {
    for (int i = 0; i < 1_500; i++) {
      fanOut.publish(0, request("burst-" + i % 3).build());
    }
    for (int i = 0; i < 3; i++) {
      fanOut.table.put(destination("burst-" + i).build());
    }

    fanOut.advance(Duration.ofMillis(25));
    assertThat(fanOut.tasks).hasSize(200);
    for (int round = 0; round < 8; round++) {
      fanOut.advance(Duration.ofMillis(25));
    }

    assertThat(fanOut.tasks).hasSize(1_500);
    assertThat(fanOut.events).hasSize(1_500);
  }

  private static int home(String keyOrId) {
    return RequestKeys.partitionOf(RequestKeys.of(HOSPITAL, keyOrId), COUNT);
  }

  private static DeliveryId idAwayFrom(int partition) {
    while (true) {
      DeliveryId id = DeliveryId.random();
      if (home(id.toString()) != partition) {
        return id;
      }
    }
  }

  private static String keyAwayFrom(int partition, int other) {
    for (int i = 0; ; i++) {
      int home = home("key-" + i);
      if (home != partition && home != other) {
        return "key-" + i;
      }
    }
  }
}
