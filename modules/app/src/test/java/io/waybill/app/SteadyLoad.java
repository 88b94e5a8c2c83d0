package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Received;
import io.waybill.checker.Submitted;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.testkit.Answer;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.awaitility.Awaitility;

/**
 * Requests of an organization of its own to webhooks of its own, published at a steady rate
 * whatever becomes of them; keeps the histories of both ends.
 */
final class SteadyLoad implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(20);
  private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(60);
  private static final int MAX_RETRIES = 20;

  /** When so few are left, it is looked for them among the dead letters, too. */
  private static final int FEW = 1_000;

  private final SenderLab lab;
  private final OrganizationId organization = Installation.newOrganization();
  private final String path = "/" + organization;
  private final List<DestinationId> destinations = new ArrayList<>();
  private final List<Submitted> submitted = Collections.synchronizedList(new ArrayList<>());
  private final List<Future<RecordMetadata>> writes =
      Collections.synchronizedList(new ArrayList<>());
  private final ScheduledExecutorService publisher =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("steady-load").factory());

  private SteadyLoad(SenderLab lab) {
    this.lab = lab;
  }

  /** With so many webhooks that give these answers; nothing is published yet. */
  static SteadyLoad to(SenderLab lab, int destinations, Function<ReceivedRequest, Answer> answers) {
    SteadyLoad load = new SteadyLoad(lab);
    lab.receiver().answer(load.path, answers);
    for (int i = 0; i < destinations; i++) {
      load.destinations.add(
          lab.waybill()
              .createWebhook(
                  load.organization,
                  lab.receiver().uri(load.path + "?to=" + i),
                  MAX_RETRIES,
                  Map.of()));
    }
    return load;
  }

  /** Publishes from now on, so many a second. */
  void start(int perSecond) {
    int each = Math.max(1, (int) (perSecond * STEP.toMillis() / 1_000));
    var _ =
        publisher.scheduleAtFixedRate(
            () -> publish(each), 0, STEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Publishes so many at once. */
  void publish(int count) {
    for (int i = 0; i < count; i++) {
      publishOne();
    }
  }

  private synchronized void publishOne() {
    int number = submitted.size();
    DeliveryId id = DeliveryId.random();
    DestinationId destination = destinations.get(number % destinations.size());
    String data = Integer.toString(number);
    submitted.add(
        new Submitted(
            id.toString(),
            organization.value(),
            List.of(destination.value()),
            // Unless a write fails, and the test with it.
            Submitted.Fate.ACKNOWLEDGED,
            Instant.now(),
            Optional.of(Judgement.sha256(data.getBytes(UTF_8)))));
    String json =
        """
        {"deliveryId":"%s","organizationId":"%s","destinations":["%s"],\
        "payload":{"type":"load","data":%s}}\
        """
            .formatted(id, organization, destination, data);
    writes.add(lab.waybill().send(Topics.REQUESTS, null, id.toString(), json.getBytes(UTF_8)));
  }

  /** Publishes no more, and returns when everything is acknowledged. */
  void stop() {
    publisher.shutdown();
    try {
      assertEnded(publisher.awaitTermination(10, TimeUnit.SECONDS));
      for (Future<RecordMetadata> write : List.copyOf(writes)) {
        var _ = write.get(ACKNOWLEDGED_WITHIN.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the load could not be written", e);
    }
  }

  private static void assertEnded(boolean ended) {
    if (!ended) {
      throw new AssertionError("the load did not end");
    }
  }

  /** How many requests have arrived, repeated ones too. */
  int arrived() {
    return lab.receiver().count(path);
  }

  /** Waits until so many more have arrived. */
  void awaitArrivals(int more, Duration within) {
    int before = arrived();
    await("arrivals", within).until(() -> arrived() >= before + more);
  }

  /** Waits until everything that was published has been received, refused for good, or given up. */
  void awaitAllEnded(Duration within) {
    await("the end of every delivery", within)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(unended()).as("by number of the destination").isEmpty());
  }

  /** What was published and has not ended: how many for each destination. */
  private Map<Integer, Long> unended() {
    Set<String> ended =
        received().stream()
            .filter(Judgement::isEnd)
            .map(Received::deliveryId)
            .collect(Collectors.toCollection(HashSet::new));
    if (submitted().size() - ended.size() <= FEW) {
      ended.addAll(givenUp().keySet());
    }
    return submitted().stream()
        .filter(one -> !ended.contains(one.deliveryId()))
        .map(one -> destinations.indexOf(new DestinationId(one.destinationIds().getFirst())))
        .collect(Collectors.groupingBy(number -> number, TreeMap::new, Collectors.counting()));
  }

  /** Deliveries of the load whose task became a dead letter, and why. */
  Map<String, Reason> givenUp() {
    Map<String, Reason> reasons = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : lab.waybill().readAll(Topics.DEAD_LETTERS)) {
      DeadLetter letter =
          Installation.decode(() -> lab.waybill().codecs().deadLetters().decode(record.value()));
      letter
          .task()
          .filter(task -> task.organizationId().equals(organization))
          .ifPresent(task -> reasons.put(task.deliveryId().toString(), letter.reason()));
    }
    return reasons;
  }

  private static org.awaitility.core.ConditionFactory await(String what, Duration within) {
    return Awaitility.await(what).pollInterval(Duration.ofMillis(20)).atMost(within);
  }

  OrganizationId organization() {
    return organization;
  }

  /** What was published so far. */
  List<Submitted> submitted() {
    synchronized (submitted) {
      return List.copyOf(submitted);
    }
  }

  /** What has arrived so far, in order. */
  List<Received> received() {
    return lab.receiver().requests(path).stream()
        .map(request -> Judgement.received(lab.receiver(), request, destinationOf(request)))
        .toList();
  }

  /** The destination of that number. */
  DestinationId destination(int number) {
    return destinations.get(number);
  }

  private DestinationId destinationOf(ReceivedRequest request) {
    return destinations.get(destinationNumber(request));
  }

  /** Which of the load's destinations, from 0, a request came for. */
  static int destinationNumber(ReceivedRequest request) {
    String target = request.target();
    return Integer.parseInt(target.substring(target.indexOf('=') + 1));
  }

  @Override
  public void close() {
    publisher.shutdownNow();
  }
}
