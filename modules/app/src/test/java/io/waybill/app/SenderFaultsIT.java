package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Bounds;
import io.waybill.checker.Received;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Task;
import io.waybill.sender.SenderConfig;
import io.waybill.testkit.Answer;
import io.waybill.testkit.StallWatch;
import io.waybill.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sender processes work under load, and one is killed, stopped, or held still. Whatever
 * happens, nothing is lost and nothing is recorded twice, and the guarantee checker, which knows
 * none of our code, finds no rule broken.
 */
class SenderFaultsIT {
  private static final int DESTINATIONS = 10;
  private static final int PER_SECOND = 200;
  private static final int SOME = 300;
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static SenderLab lab;

  @BeforeAll
  static void start() {
    lab = SenderLab.start(folder);
  }

  @AfterAll
  static void stop() {
    if (lab != null) {
      lab.close();
    }
  }

  @AfterEach
  void killSenders() {
    lab.killSenders();
  }

  /** One that is not started again, and one that is. */
  @DisplayName("F10: killed senders lose nothing, and repeat only what was under way")
  @Test
  void killedSendersLoseNothingAndRepeatOnlyWhatWasUnderWay() throws Exception {
    try (SteadyLoad load =
            SteadyLoad.to(
                lab,
                DESTINATIONS,
                request ->
                    Answer.status(200).after(Duration.ofMillis(100 + request.number() % 200)));
        Admin admin = Admin.create(Map.of("bootstrap.servers", lab.waybill().bootstrapServers()))) {
      lab.startSenders("one", "two");
      load.start(PER_SECOND);
      load.awaitArrivals(SOME, SOON);
      List<Fault> kills = new ArrayList<>();
      lab.sender("one").kill();
      kills.add(faultNow(admin));
      lab.startSenders("one");
      load.awaitArrivals(SOME, SOON);
      lab.sender("two").kill();
      kills.add(faultNow(admin));
      load.awaitArrivals(SOME, SOON);
      load.stop();
      load.awaitAllEnded(SOON);

      List<Instant> faults = kills.stream().map(Fault::at).toList();
      List<Received> received = load.received();
      assertThat(repeatedAlthoughCommitted(received, kills).stream().limit(3)).isEmpty();
      assertThat(Judgement.repeatedForNothing(faults, received).stream().limit(3)).isEmpty();
      int repeated = received.size() - load.submitted().size();
      assertThat(repeated).as("the kills were felt").isPositive();
      Bounds bounds = judge(load, faults, received);
      System.out.printf(
          "2 senders killed under load: %d deliveries, %d requests repeated of at most %d; the oldest"
              + " had ended %d ms before%n",
          load.submitted().size(),
          repeated,
          bounds.repeatsOfCrashes(),
          Judgement.oldestRepeated(faults, received).toMillis());
    }
  }

  @Test
  @Tag("long")
  void stoppedSendersEndInTimeAndRepeatNothing() throws Exception {
    try (SteadyLoad load =
        SteadyLoad.to(
            lab,
            DESTINATIONS,
            request -> Answer.status(200).after(Duration.ofMillis(request.number() % 50)))) {
      lab.startSenders("one", "two");
      load.start(PER_SECOND);
      for (String instance : List.of("one", "two")) {
        // A backlog, so that lanes, sends and transactions are as full as they get.
        load.publish(4_000);
        load.awaitArrivals(SOME, SOON);
        // 128 + SIGTERM: what a JVM ends with that was asked to, and had no reason to object.
        assertThat(lab.sender(instance).terminate(Duration.ofSeconds(30))).isEqualTo(143);
        lab.startSenders(instance);
      }
      load.awaitArrivals(SOME, SOON);
      load.stop();
      load.awaitAllEnded(SOON);

      List<Received> received = load.received();
      judge(load, List.of(), received);
      assertThat(received).as("not one came twice").hasSameSizeAs(load.submitted());
      assertThat(taskEvents(load))
          .as("what had to be left for others cost no attempt")
          .hasSameSizeAs(received)
          .allSatisfy(event -> {
            assertThat(event.transition()).isInstanceOf(TaskTransition.Delivered.class);
            assertThat(event.attempt()).isEqualTo(1);
          });
    }
  }

  @Test
  @Tag("long")
  void aSenderThatStoodStillWritesNothingAboutWhatOthersTookOver() throws Exception {
    try (SteadyLoad load =
            SteadyLoad.to(
                lab,
                DESTINATIONS,
                request ->
                    Answer.status(200).after(Duration.ofMillis(100 + request.number() % 400)));
        Admin admin = Admin.create(Map.of("bootstrap.servers", lab.waybill().bootstrapServers()));
        StallWatch events = StallWatch.of(lab.waybill().bootstrapServers(), Topics.EVENTS)) {
      lab.startSenders("one", "two");
      load.start(PER_SECOND);
      List<Fault> standstills = new ArrayList<>();
      for (String instance : List.of("one", "two", "one")) {
        load.awaitArrivals(SOME, SOON);
        lab.sender(instance).pause();
        standstills.add(faultNow(admin));
        // Longer than its membership lasts, and than a transaction may be open.
        Instant resumes =
            standstills.getLast().at().plus(SenderLab.SESSION).plus(SenderLab.LONGEST_TRANSACTION);
        Awaitility.await().atMost(SOON).until(() -> Instant.now().isAfter(resumes));
        lab.sender(instance).resume();
      }
      load.awaitArrivals(SOME, SOON);
      // It is a member again, and sends.
      stopOther("two");
      load.awaitArrivals(SOME, SOON);
      load.stop();
      load.awaitAllEnded(SOON);

      List<Instant> faults = standstills.stream().map(Fault::at).toList();
      List<Received> received = load.received();
      Bounds bounds = judge(load, faults, received);
      System.out.printf(
          "3 senders held still under load: %d deliveries, %d requests repeated of at most %d, %d"
              + " of them after they awoke; events held back for at most %d ms%n",
          load.submitted().size(),
          received.size() - load.submitted().size(),
          bounds.repeatsOfCrashes(),
          Judgement.repeatedForNothing(faults, received).size(),
          events.longest().toMillis());
      assertThat(repeatedAlthoughCommitted(received, standstills).stream().limit(3)).isEmpty();
      assertThat(Judgement.repeatedForNothing(faults, received).stream().limit(3)).isEmpty();
      assertThat(events.records()).isPositive();
      assertThat(events.longest()).isLessThan(Duration.ofSeconds(25));
    }
  }

  /**
   * A sender that was killed in the middle of a transaction leaves its offsets held back for a
   * while. The one that takes over waits, is held still meanwhile, and is no member when it wakes.
   */
  @Test
  @Tag("long")
  // Deprecated, and the only way to speak for a group without being a member of it.
  @SuppressWarnings("removal")
  void aSenderThatStandsStillBeforeItKnowsWhereToBeginLosesNothing() throws Exception {
    String group = SenderConfig.groupId(DestinationType.WEBHOOK);
    TopicPartition held = new TopicPartition(Topics.tasks(DestinationType.WEBHOOK), 0);
    try (SteadyLoad load = SteadyLoad.to(lab, DESTINATIONS, request -> Answer.status(200));
        Admin admin = Admin.create(Map.of("bootstrap.servers", lab.waybill().bootstrapServers()));
        KafkaProducer<byte[], byte[]> dead =
            new KafkaProducer<>(
                Map.of(
                    "bootstrap.servers",
                    lab.waybill().bootstrapServers(),
                    "transactional.id",
                    "killed-in-the-middle"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      Awaitility.await()
          .atMost(SOON)
          .until(() ->
              admin
                  .describeConsumerGroups(List.of(group))
                  .describedGroups()
                  .get(group)
                  .toCompletionStage()
                  .handle((found, absent) -> absent != null || found.members().isEmpty())
                  .toCompletableFuture()
                  .get());
      dead.initTransactions();
      dead.beginTransaction();
      dead.sendOffsetsToTransaction(
          Map.of(held, new OffsetAndMetadata(0)), new ConsumerGroupMetadata(group));
      lab.launchSender("one");
      lab.sender("one").awaitLine(Pattern.compile(".*committed offsets cannot be read.*"), SOON);
      lab.sender("one").pause();
      Instant resumes = Instant.now().plus(SenderLab.SESSION.multipliedBy(2));
      Awaitility.await().atMost(SOON).until(() -> Instant.now().isAfter(resumes));
      lab.sender("one").resume();
      lab.sender("one").awaitLine(Pattern.compile(".*partitions lost.*"), SOON);
      dead.abortTransaction();
      load.start(PER_SECOND);
      load.awaitArrivals(SOME, SOON);
      load.stop();
      load.awaitAllEnded(SOON);

      List<Received> received = load.received();
      judge(load, List.of(), received);
      assertThat(received).as("not one came twice").hasSameSizeAs(load.submitted());
    }
  }

  private static void stopOther(String instance) {
    assertThat(lab.sender(instance).terminate(Duration.ofSeconds(30))).isEqualTo(143);
  }

  private static Bounds judge(SteadyLoad load, List<Instant> faults, List<Received> received)
      throws Exception {
    Bounds bounds = Judgement.boundsOf(faults, received);
    assertThat(lab.alarms()).isEmpty();
    assertThat(lab.openedBreakers()).as("receivers are well").isEmpty();
    Judgement.assertEveryRuleHolds(
        Files.createTempDirectory(folder, "judged"),
        lab.waybill(),
        load.submitted(),
        received,
        bounds);
    return bounds;
  }

  private static List<TaskEvent> taskEvents(SteadyLoad load) {
    return lab.waybill().readAll(Topics.EVENTS).stream()
        .<DeliveryEvent>map(record ->
            Installation.decode(() -> lab.waybill().codecs().events().decode(record.value())))
        .filter(event -> event.organizationId().equals(load.organization()))
        .filter(TaskEvent.class::isInstance)
        .map(TaskEvent.class::cast)
        .toList();
  }

  /** When a sender died or stood still, and what was committed then. */
  private record Fault(Instant at, Map<TopicPartition, OffsetAndMetadata> committed) {}

  private static Fault faultNow(Admin admin) throws Exception {
    Instant at = Instant.now();
    return new Fault(
        at,
        admin
            .listConsumerGroupOffsets(SenderConfig.groupId(DestinationType.WEBHOOK))
            .partitionsToOffsetAndMetadata()
            .get());
  }

  /** Exact where the receivers' clocks are not: a task behind its partition's offset is done. */
  private static List<String> repeatedAlthoughCommitted(
      List<Received> received, List<Fault> faults) {
    Map<String, TopicPartition> partitionOf = new HashMap<>();
    Map<String, Long> offsetOf = new HashMap<>();
    lab.waybill()
        .readAll(Topics.tasks(DestinationType.WEBHOOK))
        .forEach(record -> {
          Task task =
              Installation.decode(() -> lab.waybill().codecs().tasks().decode(record.value()));
          partitionOf.put(
              task.taskId().value(), new TopicPartition(record.topic(), record.partition()));
          offsetOf.put(task.taskId().value(), record.offset());
        });
    Map<String, Instant> firstOf = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    for (Received request : received) {
      String task = request.webhookId();
      Instant first = firstOf.putIfAbsent(task, request.receivedAt());
      for (Fault fault : faults) {
        OffsetAndMetadata committed = fault.committed().get(partitionOf.get(task));
        if (first != null
            && request.receivedAt().isAfter(fault.at())
            && committed != null
            && offsetOf.get(task) < committed.offset()) {
          wrong.add(task + " at " + request.receivedAt() + " after the fault at " + fault.at());
        }
      }
    }
    return wrong;
  }
}
