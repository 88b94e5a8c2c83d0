package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.DestinationState;
import io.waybill.domain.OverallState;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.RequestRules;
import io.waybill.locals3.LocalS3;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadSealer;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One process with senders of all three types and a small heap, and far more in large payloads than
 * fits into it. What the receivers get is compared by SHA-256.
 */
@Tag("long")
class LargePayloadIT {
  private static final int MANY = 40;
  private static final int SOME = 12;

  /** Sealed, this comes to nearly the largest that may be published. */
  private static final int LARGEST_SEALED = 7 * 1024 * 1024;

  /** Less than the handbook asks for where everything that is large comes at once. */
  private static final int HEAP_MIB = 256;

  /** What {@code docker-compose.yml} gives a role with one sender. */
  private static final int MOST_MEMORY_MIB = 640;

  private static final String BUCKET = "large";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int PATIENT_MILLIS = 120_000;

  /** So that as many are under way at once as ever may be. */
  private static final Duration LATE = Duration.ofMillis(300);

  @TempDir private static Path folder;
  private static SenderLab lab;
  private static HashingReceiver receiver;
  private static HashingMailServer mailServer;
  private static LocalS3 store;

  @BeforeAll
  static void start() {
    lab = SenderLab.startWithoutAnySender(folder);
    lab.configure(
        """
        payloadKeys: %s
        email: {allowUnencrypted: [127.0.0.1]}
        """
            .formatted(lab.waybill().payloadKeys()));
    receiver = HashingReceiver.start(LATE);
    mailServer = HashingMailServer.start();
    store =
        LocalS3.start(
            SharedStore.KEY_ID,
            SharedStore.SECRET,
            List.of(BUCKET),
            folder.resolve("store.log"),
            1_000);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable part : List.<AutoCloseable>of(store, mailServer, receiver, lab)) {
      part.close();
    }
  }

  @AfterEach
  void killSenders() {
    lab.killSenders();
  }

  @Test
  void manyOfTheLargestReachWebhookMailboxAndStore() throws Exception {
    Tenant tenant = new Tenant(lab.waybill(), Installation.newOrganization());
    DestinationId webhook = tenant.webhook(receiver.uri("/200"), PATIENT_MILLIS, "");
    DestinationId email =
        tenant.email(mailServer.port(), PATIENT_MILLIS, "", List.of("compliance@hospital.com"));
    DestinationId archive = tenant.storage(store.endpoint(), BUCKET, PATIENT_MILLIS);
    Map<String, String> published = new LinkedHashMap<>();
    for (int i = 0; i < MANY; i++) {
      String data = data(i, RequestRules.MAX_DATA_BYTES);
      DeliveryId id = tenant.deliver(data, "{}", webhook, email, archive);
      published.put(id.toString(), Judgement.sha256(data.getBytes(UTF_8)));
    }

    startSenders();
    awaitAll(1, published, receiver::hashes);
    awaitAll(1, published, mailServer::hashes);
    published.keySet().forEach(id -> tenant.await(delivery(id), OverallState.COMPLETED));

    assertThat(receiver.hashes()).containsAllEntriesOf(once(published));
    assertThat(mailServer.hashes()).containsAllEntriesOf(once(published));
    Map<String, List<String>> stored = new LinkedHashMap<>();
    for (LocalS3.StoredObject object : store.objects(BUCKET)) {
      stored.put(
          object.metadata().get("waybill-delivery-id"),
          List.of(Judgement.sha256(store.content(BUCKET, object.key()))));
    }
    assertThat(stored).isEqualTo(once(published));
    assertSendersAreWell(MANY + " payloads of 10 MiB to each of three types");
  }

  /** What is opened lies beside what was sealed, is compressed, or becomes a dead letter. */
  @Test
  void soDoThoseOfWhichMostCopiesAreMade() throws Exception {
    Tenant tenant = new Tenant(lab.waybill(), Installation.newOrganization());
    new PayloadKeyFile(lab.waybill().payloadKeys()).create(tenant.organization());
    PayloadSealer sealer = new PayloadSealer(PayloadKeys.load(lab.waybill().payloadKeys()));
    DestinationId compressed = webhook(tenant, "/200", ", \"gzip\": true, \"body\": \"data\"");
    DestinationId refused = webhook(tenant, "/400", "");
    Map<String, String> published = new LinkedHashMap<>();
    for (int i = 0; i < SOME; i++) {
      String data = data(i, LARGEST_SEALED);
      DeliveryId id = DeliveryId.random();
      Payload payload = new Payload("scan", RawJson.of(data), RawJson.EMPTY_OBJECT);
      publish(tenant, id, sealer.seal(tenant.organization(), id, payload), compressed, refused);
      published.put(id.toString(), Judgement.sha256(data.getBytes(UTF_8)));
    }

    startSenders();
    awaitAll(2, published, receiver::hashes);

    for (Map.Entry<String, String> one : published.entrySet()) {
      DeliveryId id = delivery(one.getKey());
      var status = tenant.await(id, seen -> seen.state() == OverallState.PARTIAL);
      assertThat(Tenant.part(status, compressed).state()).isEqualTo(DestinationState.DELIVERED);
      assertThat(Tenant.part(status, refused).state()).isEqualTo(DestinationState.FAILED);
      assertThat(receiver.hashes().get(one.getKey()))
          .as("to the one that takes it and the one that does not")
          .containsExactly(one.getValue(), one.getValue());
    }
    assertThat(lab.waybill().readAll(Topics.DEAD_LETTERS))
        .as("each holds its payload")
        .hasSize(SOME)
        .allSatisfy(letter -> assertThat(letter.value().length).isGreaterThan(LARGEST_SEALED));
    assertSendersAreWell(SOME + " sealed payloads of 7 MiB, compressed, and as dead letters");
  }

  private static DeliveryId delivery(String id) {
    return new DeliveryId(UUID.fromString(id));
  }

  private static DestinationId webhook(Tenant tenant, String path, String more) {
    return tenant.create(
        """
        {"organizationId": "%s", "label": "Webhook %s", "type": "webhook",
         "config": {"webhook": {"url": "%s", "timeout": %d%s}}}
        """
            .formatted(tenant.organization(), path, receiver.uri(path), PATIENT_MILLIS, more));
  }

  private static void startSenders() {
    // Whatever cannot be had ends the process, which then cannot be well.
    lab.startAllSendersInOne("one", "-Xmx" + HEAP_MIB + "m", "-XX:+ExitOnOutOfMemoryError");
  }

  private static void assertSendersAreWell(String what) throws IOException {
    long memory = mostMemory(lab.sender("one").pid());
    System.out.printf(
        "%s by one process with a heap of %d MiB: %d MiB of memory at most, %d webhooks at once%n",
        what, HEAP_MIB, memory, receiver.mostUnderWay());
    assertThat(lab.isReady("one")).isTrue();
    assertThat(lab.alarms()).isEmpty();
    assertThat(lab.openedBreakers()).isEmpty();
    assertThat(memory).isLessThan(MOST_MEMORY_MIB);
  }

  /** As the system has seen it, of all kinds, in MiB. */
  private static long mostMemory(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .map(line -> line.replaceAll("[^0-9]", ""))
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElseThrow()
        / 1024;
  }

  private static void awaitAll(
      int times, Map<String, String> published, Supplier<Map<String, List<String>>> received) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .failFast("the senders have ended", () -> !lab.sender("one").isAlive())
        .until(() -> {
          Map<String, List<String>> now = received.get();
          return published.keySet().stream()
              .allMatch(id -> now.getOrDefault(id, List.of()).size() >= times);
        });
  }

  private static Map<String, List<String>> once(Map<String, String> published) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    published.forEach((id, hash) -> all.put(id, List.of(hash)));
    return all;
  }

  private static void publish(
      Tenant tenant, DeliveryId id, Payload payload, DestinationId... destinations) {
    DeliveryRequest request =
        new DeliveryRequest(
            Optional.of(id),
            tenant.organization(),
            new DestinationSelection.Named(List.of(destinations)),
            payload,
            DeliveryOptions.defaults());
    lab.waybill()
        .publish(
            Topics.REQUESTS,
            RequestKeys.of(tenant.organization(), id.toString()),
            lab.waybill().codecs().requests().encode(Topics.REQUESTS, request));
  }

  /** JSON of exactly so many bytes that no compression makes much smaller. */
  private static String data(int number, int size) {
    byte[] noise = new byte[size];
    new Random(number).nextBytes(noise);
    // What the tutorial's mail asks for, too.
    String start =
        "{\"totalEvents\":" + number + ",\"failedLogins\":3,\"dataAccess\":890,\"scan\":\"";
    String text = Base64.getEncoder().encodeToString(noise);
    return start + text.substring(0, size - start.length() - 2) + "\"}";
  }
}
