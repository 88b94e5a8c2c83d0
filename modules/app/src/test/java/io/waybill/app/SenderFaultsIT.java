package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Submitted;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Task;
import io.waybill.sender.SenderConfig;
import io.waybill.testkit.Answer;
import io.waybill.testkit.BrokerProcess;
import io.waybill.testkit.ChildJvm;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sender is killed five times while it works.
 *
 * <ul>
 *   <li>Nothing is lost: the receiver gets every delivery.
 *   <li>Only what was in flight or not yet committed is sent again: a task whose offset had been
 *       committed when the sender died is never received after that.
 *   <li>What is recorded is recorded once: one delivered event per task, however often it was sent.
 *   <li>The guarantee checker, which knows none of our code, finds no rule broken.
 * </ul>
 */
@Tag("long")
class KilledSenderIT {
  private static final int KILLS = 5;
  private static final int REQUESTS = 8_000;
  private static final int DESTINATIONS = 20;
  private static final int LEAST_BETWEEN_KILLS = 100;
  private static final Pattern READY = Pattern.compile("^ready .*");

  /** One death of the sender. */
  private record Kill(Instant at, Map<TopicPartition, OffsetAndMetadata> committed) {}

  @Test
  void losesNothingAndRepeatsOnlyWhatWasNotCommitted(@TempDir Path folder) throws Exception {
    Set<Role> othersRoles = EnumSet.complementOf(EnumSet.of(Role.SENDER_WEBHOOK));
    try (BrokerProcess broker =
            BrokerProcess.start(Files.createDirectory(folder.resolve("broker")));
        Installation waybill = Installation.start(broker.bootstrapServers(), othersRoles);
        HttpSink receiver = HttpSink.start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      receiver.answer(
          "/load",
          request -> Answer.status(200).after(Duration.ofMillis(500 + request.number() % 500)));
      OrganizationId organization = Installation.newOrganization();
      List<DestinationId> destinations = new ArrayList<>();
      for (int i = 0; i < DESTINATIONS; i++) {
        destinations.add(
            waybill.createWebhook(organization, receiver.uri("/load?to=" + i), 20, Map.of()));
      }
      Path config = writeConfig(folder, waybill.config());
      List<Submitted> submitted = publish(waybill, organization, destinations);
      Set<String> published =
          submitted.stream().map(Submitted::deliveryId).collect(Collectors.toUnmodifiableSet());

      List<Kill> kills = new ArrayList<>();
      ChildJvm sender = startSender(folder, config, 0);
      try {
        for (int kill = 1; kill <= KILLS; kill++) {
          // Not before it has committed something of its own, or there is nothing to compare with;
          // and while sends are under way, or nothing could be repeated.
          awaitCommitted(admin, kills.isEmpty() ? 0 : total(kills.getLast().committed()));
          // A batch may just have ended; the next one is begun in a moment.
          Awaitility.await("sends under way")
              .pollInterval(Duration.ofMillis(1))
              .atMost(Duration.ofSeconds(60))
              .until(() -> receiver.underWay() > 0);
          sender.kill();
          kills.add(new Kill(Instant.now(), committed(admin)));
          sender = startSender(folder, config, kill);
        }
        awaitDelivered(broker.bootstrapServers(), waybill, published.size());
      } finally {
        sender.close();
      }

      List<ReceivedRequest> received = receiver.requests("/load");
      Map<String, Long> times =
          received.stream()
              .collect(
                  Collectors.groupingBy(
                      r -> r.header("waybill-delivery-id").orElseThrow(), Collectors.counting()));
      assertThat(times.keySet()).as("nothing lost, nothing invented").isEqualTo(published);
      assertThat(kills)
          .as("each kill left more committed than the one before, and not all")
          .extracting(kill -> total(kill.committed()))
          .doesNotHaveDuplicates()
          .isSorted()
          .allSatisfy(total -> assertThat(total).isBetween(1L, (long) REQUESTS));
      assertThat(received.size()).as("the kills were felt").isGreaterThan(published.size());
      assertThat(repeatedAlthoughCommitted(waybill, received, kills)).isEmpty();
      assertThat(deliveredEvents(waybill).values()).as("one event per task").containsOnly(1L);
      Judgement.assertEveryRuleHolds(
          folder,
          waybill,
          submitted,
          received.stream()
              .map(request ->
                  Judgement.received(receiver, request, destinationOf(request, destinations)))
              .toList(),
          Judgement.boundsOf(KILLS, waybill.config().partitions()));
      System.out.println(
          "sender killed "
              + KILLS
              + " times under load: "
              + published.size()
              + " deliveries, "
              + (received.size() - published.size())
              + " requests repeated; offsets committed at the kills: "
              + kills.stream().map(kill -> total(kill.committed())).toList());
    }
  }

  private static DestinationId destinationOf(
      ReceivedRequest request, List<DestinationId> destinations) {
    String target = request.target();
    return destinations.get(Integer.parseInt(target.substring(target.indexOf("=") + 1)));
  }

  private static List<Submitted> publish(
      Installation waybill, OrganizationId organization, List<DestinationId> destinations)
      throws Exception {
    List<Submitted> submitted = new ArrayList<>();
    var sends = new ArrayList<java.util.concurrent.Future<?>>();
    for (int i = 0; i < REQUESTS; i++) {
      DeliveryId id = DeliveryId.random();
      DestinationId destination = destinations.get(i % destinations.size());
      String data = Integer.toString(i);
      submitted.add(
          new Submitted(
              id.toString(),
              organization.value(),
              List.of(destination.value()),
              // Unless a send fails, and the test with it.
              Submitted.Fate.ACKNOWLEDGED,
              Instant.now(),
              Optional.of(Judgement.sha256(data.getBytes(StandardCharsets.UTF_8)))));
      String json =
          "{\"deliveryId\":\""
              + id
              + "\",\"organizationId\":\""
              + organization
              + "\",\"destinations\":[\""
              + destination
              + "\"],\"payload\":{\"type\":\"load\",\"data\":"
              + data
              + "}}";
      sends.add(
          waybill.send(
              Topics.REQUESTS, null, id.toString(), json.getBytes(StandardCharsets.UTF_8)));
    }
    for (var send : sends) {
      send.get();
    }
    return submitted;
  }

  private static Path writeConfig(Path folder, WaybillConfig config) throws Exception {
    Path file = folder.resolve("waybill.yaml");
    Files.writeString(
        file,
        """
        kafka:
          bootstrap.servers: %s
        schemaRegistry:
          schema.registry.url: %s
        keyset: %s
        stateDirectory: %s
        instance: crash-test
        partitions: %d
        allowCidrs: [127.0.0.0/8]
        httpPort: 0
        """
            .formatted(
                config.kafka().get("bootstrap.servers"),
                config.schemaRegistry().get("schema.registry.url"),
                config.keyset(),
                folder.resolve("sender-state"),
                config.partitions()));
    return file;
  }

  private static ChildJvm startSender(Path folder, Path config, int number) {
    ChildJvm sender =
        ChildJvm.start(
            ChildJvm.Launch.of(
                Main.class,
                folder.resolve("sender-" + number + ".log"),
                "run",
                "--config",
                config.toString(),
                "--roles",
                "sender-webhook"));
    sender.awaitLine(READY, Duration.ofSeconds(60));
    return sender;
  }

  private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) throws Exception {
    return admin
        .listConsumerGroupOffsets(SenderConfig.groupId(DestinationType.WEBHOOK))
        .partitionsToOffsetAndMetadata()
        .get();
  }

  private static long total(Map<TopicPartition, OffsetAndMetadata> committed) {
    return committed.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
  }

  private static void awaitCommitted(Admin admin, long more) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(60))
        .until(() -> total(committed(admin)) > more + LEAST_BETWEEN_KILLS);
  }

  private static void awaitDelivered(String bootstrapServers, Installation waybill, int count) {
    try (TopicReader reader = new TopicReader(bootstrapServers, Topics.EVENTS)) {
      reader.await(
          records ->
              records.stream()
                      .map(r ->
                          Installation.decode(() -> waybill.codecs().events().decode(r.value())))
                      .filter(KilledSenderIT::isDelivered)
                      .map(DeliveryEvent::deliveryId)
                      .distinct()
                      .count()
                  >= count,
          Duration.ofSeconds(180));
    }
  }

  private static boolean isDelivered(DeliveryEvent event) {
    return event instanceof TaskEvent task && task.transition() instanceof TaskTransition.Delivered;
  }

  private static Map<String, Long> deliveredEvents(Installation waybill) {
    return waybill.readAll(Topics.EVENTS).stream()
        .map(r -> Installation.decode(() -> waybill.codecs().events().decode(r.value())))
        .filter(KilledSenderIT::isDelivered)
        .collect(
            Collectors.groupingBy(event -> event.deliveryId().toString(), Collectors.counting()));
  }

  private static List<String> repeatedAlthoughCommitted(
      Installation waybill, List<ReceivedRequest> received, List<Kill> kills) {
    Map<String, TopicPartition> partitionOf = new HashMap<>();
    Map<String, Long> offsetOf = new HashMap<>();
    waybill
        .readAll(Topics.tasks(DestinationType.WEBHOOK))
        .forEach(record -> {
          Task task = Installation.decode(() -> waybill.codecs().tasks().decode(record.value()));
          partitionOf.put(
              task.taskId().value(), new TopicPartition(record.topic(), record.partition()));
          offsetOf.put(task.taskId().value(), record.offset());
        });
    List<String> wrong = new ArrayList<>();
    for (ReceivedRequest request : received) {
      String task = request.header("webhook-id").orElseThrow();
      for (Kill kill : kills) {
        OffsetAndMetadata committed = kill.committed().get(partitionOf.get(task));
        if (request.at().isAfter(kill.at())
            && committed != null
            && offsetOf.get(task) < committed.offset()) {
          wrong.add(task + " at " + request.at() + " after the kill at " + kill.at());
        }
      }
    }
    return wrong;
  }
}
