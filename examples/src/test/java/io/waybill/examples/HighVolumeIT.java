package io.waybill.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.CheckerMain;
import io.waybill.checker.HistoryFiles;
import io.waybill.checker.Received;
import io.waybill.checker.Submitted;
import io.waybill.client.DestinationSpec;
import io.waybill.client.SavedDestination;
import io.waybill.client.Subscription;
import io.waybill.client.WaybillClient;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.testkit.SentAnswer;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The fifth chapter: many events of ten organizations in one loop, judged by the checker. */
class HighVolumeIT {
  private static final int ORGANIZATIONS = 10;
  private static final Pattern EVENT = Pattern.compile("\"eventId\":\"([^\"]*)\"");

  private final LocalWaybill local = LocalWaybill.shared();
  private final String path = LocalWaybill.newPath();

  @TempDir private Path folder;

  @Test
  void everyEventArrives() throws Exception {
    publish(2_000, Duration.ofSeconds(60));
  }

  @Test
  @Tag("long")
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void oneHundredThousandEventsArrive() throws Exception {
    publish(100_000, Duration.ofMinutes(20));
  }

  private void publish(int events, Duration within) throws Exception {
    Set<DeliveryId> completed = ConcurrentHashMap.newKeySet();
    Set<OverallState> otherEnds = ConcurrentHashMap.newKeySet();
    List<SavedDestination> destinations = new ArrayList<>();
    try (WaybillClient waybill = local.client();
        WaybillClient follower = local.builder().build()) {
      List<Subscription> subscriptions = new ArrayList<>();
      for (int i = 0; i < ORGANIZATIONS; i++) {
        String organization = LocalWaybill.newOrganization();
        destinations.add(
            waybill.createDestination(
                DestinationSpec.webhook(organization, "SIEM")
                    .url(local.http().uri(path + "/" + i))));
        subscriptions.add(
            follower.follow(
                new OrganizationId(organization),
                status -> {
                  if (status.state() == OverallState.COMPLETED) {
                    completed.add(status.deliveryId());
                  } else if (status.state().hasEnded()) {
                    otherEnds.add(status.state());
                  }
                }));
      }
      long start = System.nanoTime();

      HighVolume.Published published = HighVolume.publish(waybill, destinations, events);

      double publishing = (System.nanoTime() - start) / 1e9;
      assertThat(published).isEqualTo(new HighVolume.Published(events, 0));
      Awaitility.await()
          .atMost(within)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> completed.size() == events);
      double all = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "%d events of %d organizations: published in %.1f s (%.0f/s), all delivered in %.1f s"
              + " (%.0f/s)%n",
          events,
          ORGANIZATIONS,
          publishing,
          events / publishing,
          all,
          events / all);
      assertThat(otherEnds).isEmpty();
      subscriptions.forEach(Subscription::close);
    }
    assertThatEveryRuleHolds(destinations, events);
  }

  /** Zero loss, in the eyes of who knows the topics and the receivers only. */
  private void assertThatEveryRuleHolds(List<SavedDestination> destinations, int events)
      throws Exception {
    List<String> organizations =
        destinations.stream().map(one -> one.organizationId().value()).toList();
    List<Published> published = published(Set.copyOf(organizations));
    // All were acknowledged, as the example counted: so these, and no others, must be there.
    assertThat(published.stream().map(HighVolumeIT::event).toList())
        .hasSize(events)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, events)
                .mapToObj(i -> organizations.get(i % ORGANIZATIONS) + " evt-" + i)
                .toList());
    List<Submitted> submitted = published.stream().map(HighVolumeIT::line).toList();
    Path submittedFile = folder.resolve("submitted.jsonl");
    Path receivedFile = folder.resolve("received.jsonl");
    Files.write(submittedFile, submitted.stream().map(HistoryFiles::line).toList());
    Files.write(receivedFile, received(destinations).stream().map(HistoryFiles::line).toList());
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--bootstrap-server=" + local.endpoint().bootstrapServers(),
                "--registry=" + local.endpoint().registryUrl(),
                "--submitted=" + submittedFile,
                "--received=" + receivedFile,
                "--crashes=0",
                "--in-flight=0",
                "--finished-not-committed=0",
                "--settle=60"));
    organizations.forEach(one -> arguments.add("--organization=" + one));
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);

    int exitCode =
        CheckerMain.commandLine()
            .setOut(writer)
            .setErr(writer)
            .execute(arguments.toArray(String[]::new));

    System.out.println(out);
    assertThat(exitCode).as("%s", out).isEqualTo(CheckerMain.PASSED);
  }

  /** A request as it stands in the topic. */
  private record Published(DeliveryRequest request, Instant at) {}

  private List<Published> published(Set<String> organizations) {
    Codecs codecs =
        new Codecs(
            new HttpSchemaRegistry(Map.of("schema.registry.url", local.endpoint().registryUrl())));
    try (TopicReader reader =
        new TopicReader(local.endpoint().bootstrapServers(), Topics.REQUESTS)) {
      List<Published> published = new ArrayList<>();
      for (var record : reader.readToEnd()) {
        if (codecs.requests().decode(record.value()) instanceof DecodedRequest.Valid valid
            && organizations.contains(valid.request().organizationId().value())) {
          published.add(new Published(valid.request(), Instant.ofEpochMilli(record.timestamp())));
        }
      }
      return published;
    }
  }

  private static String event(Published published) {
    String data = published.request().payload().data().text();
    return published.request().organizationId()
        + " "
        + EVENT.matcher(data).results().map(found -> found.group(1)).collect(Collectors.joining());
  }

  private static Submitted line(Published published) {
    DeliveryRequest request = published.request();
    DestinationSelection.Named named = (DestinationSelection.Named) request.destinations();
    return new Submitted(
        request.deliveryId().orElseThrow().toString(),
        request.organizationId().value(),
        named.ids().stream().map(DestinationId::value).toList(),
        Submitted.Fate.ACKNOWLEDGED,
        published.at(),
        Optional.of(sha256(request.payload().data().bytes())));
  }

  private List<Received> received(List<SavedDestination> destinations) {
    List<Received> received = new ArrayList<>();
    for (int i = 0; i < destinations.size(); i++) {
      String id = destinations.get(i).id().value();
      for (ReceivedRequest request : local.http().requests(path + "/" + i)) {
        Optional<SentAnswer> answer = local.http().answerTo(request);
        received.add(
            new Received(
                request.header("webhook-id").orElse(""),
                request.header("waybill-delivery-id").orElse(""),
                id,
                request.at(),
                answer.map(SentAnswer::at),
                answer.map(sent -> OptionalInt.of(sent.status())).orElse(OptionalInt.empty()),
                Optional.of(sha256(request.bodyText().getBytes(UTF_8)))));
      }
    }
    return received;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
