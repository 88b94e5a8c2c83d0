package io.waybill.examples;

import static io.waybill.client.RequestBuilder.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.waybill.client.Acceptance;
import io.waybill.client.Delivery;
import io.waybill.client.DestinationSpec;
import io.waybill.client.NoAnswerException;
import io.waybill.client.NotFoundException;
import io.waybill.client.RefusedException;
import io.waybill.client.SavedDestination;
import io.waybill.client.Subscription;
import io.waybill.client.WaybillClient;
import io.waybill.client.WaybillException;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.testkit.Answer;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each thing that the SDK offers, by what the receiver got and what the topics hold. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaybillClientIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String EXACT =
      "{\"n\":9007199254740993,\"price\":1.10,\"a\":\"caf\\u00e9 \\/\",\"s\": [1 , 2]}";

  private final LocalWaybill local = LocalWaybill.shared();
  private final WaybillClient waybill = local.client();

  @AfterAll
  void close() {
    waybill.close();
  }

  private DestinationSpec webhook(String organization, String path) {
    return DestinationSpec.webhook(organization, "Webhook " + path)
        .url(local.http().uri(path))
        .maxRetries(0);
  }

  private static Acceptance acceptance(Delivery delivery) throws Exception {
    return delivery.acceptance().get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void whatWasJustCreatedCanBeDeliveredTo() throws Exception {
    String organization = LocalWaybill.newOrganization();
    for (int i = 0; i < 20; i++) {
      String path = LocalWaybill.newPath();
      SavedDestination created = waybill.createDestination(webhook(organization, path));

      Delivery delivery =
          waybill.deliver(request(organization, "report").to(created).dataJson(EXACT));

      assertThat(acceptance(delivery)).isInstanceOf(Acceptance.Accepted.class);
      assertThat(delivery.await(SOON).state()).isEqualTo(OverallState.COMPLETED);
      assertThat(local.http().requests(path))
          .singleElement()
          .satisfies(received -> assertThat(received.bodyText()).isEqualTo(EXACT));
    }
    assertThat(waybill.destinations(new OrganizationId(organization))).hasSize(20);
  }

  @Test
  void aRefusedDestinationNamesAllThatIsWrong() {
    String organization = LocalWaybill.newOrganization();

    assertThatThrownBy(() ->
            waybill.createDestination(
                DestinationSpec.webhook(organization, "")
                    .url("ftp://siem.hospital.com")
                    .timeout(Duration.ofHours(1))
                    .header("X-Token", "Bearer undefined")))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e ->
                assertThat(e.errors())
                    .extracting(FieldError::field)
                    .contains("label", "config.webhook.url", "config.webhook.timeout"));
    assertThat(waybill.destinations(new OrganizationId(organization))).isEmpty();
  }

  @Test
  void theInstallationRefusesALabelThatIsTaken() {
    String organization = LocalWaybill.newOrganization();
    waybill.createDestination(webhook(organization, "/same"));

    assertThatThrownBy(() -> waybill.createDestination(webhook(organization, "/same")))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.errors()).extracting(FieldError::field).containsExactly("label"));
    assertThat(waybill.destinations(new OrganizationId(organization))).hasSize(1);
  }

  @Test
  void applyCreatesUpdatesOrLeavesAlone() {
    String organization = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();

    SavedDestination created = waybill.applyDestination(webhook(organization, path));
    SavedDestination same = waybill.applyDestination(webhook(organization, path));
    SavedDestination updated =
        waybill.applyDestination(
            DestinationSpec.webhook(organization, "Webhook " + path)
                .url(local.http().uri("/other"))
                .maxRetries(0));

    assertThat(created.version()).isEqualTo(1);
    assertThat(same.id()).isEqualTo(created.id());
    assertThat(same.version()).isEqualTo(1);
    assertThat(updated.id()).isEqualTo(created.id());
    assertThat(updated.version()).isEqualTo(2);
  }

  @Test
  void anUpdateKeepsTheCredentialsThatItIsToldToKeep() {
    String organization = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    SavedDestination created =
        waybill.createDestination(
            DestinationSpec.webhook(organization, "SIEM")
                .url(local.http().uri("/before"))
                .header("Authorization", "Bearer t-0123456789"));

    SavedDestination updated =
        waybill.updateDestination(
            created.id(),
            DestinationSpec.webhook(organization, "SIEM")
                .url(local.http().uri(path))
                .header("Authorization", DestinationSpec.KEEP));
    waybill.deliver(request(organization, "report").to(updated).data(1)).await(SOON);

    assertThat(updated.version()).isEqualTo(2);
    assertThat(local.http().requests(path))
        .singleElement()
        .satisfies(received ->
            assertThat(received.header("Authorization")).contains("Bearer t-0123456789"));
  }

  @Test
  void oneOrganizationCannotChangeWhatIsAnothers() {
    SavedDestination foreign =
        waybill.createDestination(webhook(LocalWaybill.newOrganization(), "/foreign"));

    assertThatThrownBy(() ->
            waybill.updateDestination(
                foreign.id(), webhook(LocalWaybill.newOrganization(), "/foreign")))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("no such destination: " + foreign.id());
    assertThat(waybill.destination(foreign.id()).orElseThrow().version()).isEqualTo(1);
  }

  private record Asked(String method, String id, ThrowableAssert.ThrowingCallable call) {}

  private static String textOf(Asked asked) {
    Throwable thrown = catchThrowable(asked.call);
    return thrown == null
        ? "nothing"
        : (thrown.getClass().getName() + ": " + thrown.getMessage()).replace(asked.id, "ID");
  }

  /** Every method that takes an id: foreign and unknown read alike, and only the audit tells. */
  @Test
  void aClientOfOneOrganizationFindsNothingOfAnothers() throws Exception {
    String owner = LocalWaybill.newOrganization();
    String asking = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    local.http().script(path, Answer.status(400));
    SavedDestination siem = waybill.createDestination(webhook(owner, path));
    DeliveryStatus failed = waybill.deliver(request(owner, "report").to(siem).data(1)).await(SOON);
    assertThat(failed.state()).isEqualTo(OverallState.FAILED);
    long commands = records(Topics.COMMANDS) + records(Topics.DESTINATION_COMMANDS);

    try (WaybillClient bound =
        local
            .builder()
            .organization(asking)
            .keyset(local.endpoint().keyset())
            .answerWithin(SOON)
            .build()) {
      List<Asked> foreign = asked(bound, asking, failed.deliveryId(), siem.id());
      List<Asked> nobodys = asked(bound, asking, DeliveryId.random(), new DestinationId("nobody"));
      for (int i = 0; i < foreign.size(); i++) {
        assertThat(textOf(foreign.get(i)))
            .as(foreign.get(i).method)
            .isEqualTo(textOf(nobodys.get(i)));
      }
      assertThat(bound.status(failed.deliveryId())).isEmpty();
      assertThat(bound.destination(siem.id())).isEmpty();

      assertThat(records(Topics.COMMANDS) + records(Topics.DESTINATION_COMMANDS))
          .as("nothing was asked of Waybill")
          .isEqualTo(commands);
      assertThat(waybill.status(failed.deliveryId())).contains(failed);
      assertThat(waybill.destination(siem.id()).orElseThrow().version()).isEqualTo(1);
      List<AuditRecord> events = audits(asking);
      for (Asked one : foreign) {
        boolean isRead = one.method.equals("status") || one.method.equals("destination");
        assertThat(events)
            .filteredOn(event -> event.details().get("command").equals(one.method))
            .as(one.method)
            .hasSize(isRead ? 2 : 1)
            .allSatisfy(event -> {
              assertThat(event.action())
                  .isEqualTo(
                      one.id.equals(siem.id().value())
                          ? "foreign-destination-requested"
                          : "foreign-delivery-requested");
              assertThat(event.subject()).isEqualTo(one.id);
              assertThat(event.actor()).isEqualTo("tests");
            });
      }
      assertThat(events).as("and none for ids that nobody has").hasSize(foreign.size() + 2);
      assertThat(audits(owner))
          .extracting(AuditRecord::action)
          .noneMatch(action -> action.startsWith("foreign-"));
    }
  }

  private List<Asked> asked(
      WaybillClient bound, String asking, DeliveryId delivery, DestinationId destination) {
    String id = delivery.toString();
    String to = destination.value();
    return List.of(
        new Asked("status", id, () -> bound.status(delivery)),
        new Asked("await", id, () -> bound.await(delivery, Duration.ofMillis(500))),
        new Asked("follow", id, () -> bound.follow(delivery, status -> {}).close()),
        new Asked("cancel", id, () -> bound.cancel(delivery)),
        new Asked("retry", id, () -> bound.retry(delivery)),
        new Asked("destination", to, () -> bound.destination(destination)),
        new Asked(
            "updateDestination",
            to,
            () -> bound.updateDestination(destination, webhook(asking, "/x"))),
        new Asked("setDefault", to, () -> bound.setDefault(destination, true)),
        new Asked("enable", to, () -> bound.enable(destination)),
        new Asked("disable", to, () -> bound.disable(destination)),
        new Asked("deleteDestination", to, () -> bound.deleteDestination(destination)));
  }

  @Test
  void aClientOfOneOrganizationSpeaksForNoOther() throws Exception {
    String organization = LocalWaybill.newOrganization();
    String other = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    try (WaybillClient bound =
        local
            .builder()
            .organization(new OrganizationId(organization))
            .keyset(local.endpoint().keyset())
            .build()) {
      SavedDestination own = bound.createDestination(webhook(organization, path));
      Delivery delivery = bound.deliver(request(organization, "report").to(own).data(1));

      assertThat(delivery.await(SOON).state()).isEqualTo(OverallState.COMPLETED);
      assertThat(bound.status(delivery.id())).isPresent();
      assertThat(bound.disable(own.id())).isEqualTo(2);
      for (ThrowableAssert.ThrowingCallable call :
          List.<ThrowableAssert.ThrowingCallable>of(
              () -> bound.createDestination(webhook(other, "/x")),
              () -> bound.applyDestination(webhook(other, "/x")),
              () -> bound.deliver(request(other, "report").to(own).data(1)),
              () -> bound.destinations(new OrganizationId(other)),
              () -> bound.follow(new OrganizationId(other), status -> {}))) {
        assertThatThrownBy(call)
            .isInstanceOfSatisfying(
                RefusedException.class,
                e ->
                    assertThat(e.errors())
                        .extracting(FieldError::field)
                        .containsExactly("organizationId"));
      }
      assertThat(waybill.destinations(new OrganizationId(other))).isEmpty();
      assertThat(audits(other)).isEmpty();
    }
  }

  private int records(String topic) {
    try (TopicReader reader = new TopicReader(local.endpoint().bootstrapServers(), topic)) {
      return reader.readToEnd().size();
    }
  }

  private List<AuditRecord> audits(String organization) throws Exception {
    Codecs codecs =
        new Codecs(
            new HttpSchemaRegistry(Map.of("schema.registry.url", local.endpoint().registryUrl())));
    List<AuditRecord> found = new ArrayList<>();
    try (TopicReader reader = new TopicReader(local.endpoint().bootstrapServers(), Topics.AUDIT)) {
      for (ConsumerRecord<byte[], byte[]> record : reader.readToEnd()) {
        AuditRecord audit = codecs.audits().decode(record.value());
        if (audit.organizationId().value().equals(organization)) {
          found.add(audit);
        }
      }
    }
    return found;
  }

  @Test
  void aDisabledDestinationTakesNothingUntilItIsEnabled() throws Exception {
    String organization = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    SavedDestination siem = waybill.createDestination(webhook(organization, path));

    assertThat(waybill.disable(siem.id())).isEqualTo(2);
    assertThat(waybill.destination(siem.id()).orElseThrow().enabled()).isFalse();
    waybill.enable(siem.id());
    waybill.deliver(request(organization, "report").to(siem).data(1)).await(SOON);

    assertThat(waybill.destination(siem.id()).map(Destination::enabled)).contains(true);
    assertThat(local.http().requests(path)).hasSize(1);
  }

  @Test
  void theDefaultsAreWhoWasMadeOne() {
    String organization = LocalWaybill.newOrganization();
    String first = LocalWaybill.newPath();
    String second = LocalWaybill.newPath();
    SavedDestination siem = waybill.createDestination(webhook(organization, first));
    waybill.createDestination(webhook(organization, second));
    waybill.setDefault(siem.id(), true);

    DeliveryStatus status =
        waybill.deliver(request(organization, "report").toDefaults().data(1)).await(SOON);

    assertThat(status.destinations()).hasSize(1);
    assertThat(local.http().requests(first)).hasSize(1);
    assertThat(local.http().requests(second)).isEmpty();
  }

  @Test
  void whatWasDeletedIsGone() {
    String organization = LocalWaybill.newOrganization();
    SavedDestination siem =
        waybill.createDestination(webhook(organization, LocalWaybill.newPath()));

    waybill.deleteDestination(siem.id());

    assertThat(waybill.destination(siem.id())).isEmpty();
    assertThatThrownBy(() -> waybill.enable(siem.id())).isInstanceOf(NotFoundException.class);
    assertThat(waybill.destinations(new OrganizationId(organization))).isEmpty();
  }

  @Test
  void theSecretThatWasMadeVerifiesWhatTheReceiverGets() throws Exception {
    String path = LocalWaybill.newPath();
    SecurityConfiguration.Signed signed =
        SecurityConfiguration.signedWebhook(waybill, local.http().uri(path).toString());

    waybill.deliver(request("hospital-001", "report").to(signed.destination()).data(1)).await(SOON);

    var received = local.http().requests(path).get(0);
    String body = received.bodyText();
    assertThat(
            signed
                .verifier()
                .verify(name -> received.header(name).orElse(null), body.getBytes(UTF_8))
                .id())
        .isNotEmpty();
    assertThatThrownBy(() ->
            signed
                .verifier()
                .verify(name -> received.header(name).orElse(null), "2".getBytes(UTF_8)))
        .isNotNull();
    assertThat(signed.destination().toString()).doesNotContain("whsec_");
  }

  @Test
  void aRequestThatNamesNobodyKnownIsRejectedWithTheReason() throws Exception {
    Delivery delivery =
        waybill.deliver(
            request(LocalWaybill.newOrganization(), "report")
                .to(new DestinationId("nobody"))
                .data(1));

    Acceptance answer = acceptance(delivery);

    assertThat(answer)
        .isInstanceOfSatisfying(
            Acceptance.Rejected.class,
            rejected -> {
              assertThat(rejected.deliveryId()).isEqualTo(delivery.id());
              assertThat(rejected.reason()).isEqualTo(Reason.DESTINATION_NOT_FOUND);
              assertThat(rejected.errors()).isNotEmpty();
            });
    assertThat(keys(Topics.DEAD_LETTERS)).contains(delivery.id().toString());
  }

  @Test
  void theSameKeyTwiceIsOneDelivery() throws Exception {
    String organization = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    SavedDestination siem = waybill.createDestination(webhook(organization, path));
    Delivery first =
        waybill.deliver(
            request(organization, "report").to(siem).data(1).idempotencyKey("report-1"));
    first.await(SOON);

    Delivery second =
        waybill.deliver(
            request(organization, "report").to(siem).data(1).idempotencyKey("report-1"));

    assertThat(acceptance(second)).isEqualTo(new Acceptance.Duplicate(second.id(), first.id()));
    assertThat(second.await(SOON).state()).isEqualTo(OverallState.DUPLICATE);
    assertThat(local.http().requests(path)).hasSize(1);
  }

  /** As after an acknowledgement that was lost. */
  @Test
  void aRequestThatIsDeliveredAgainWithItsIdIsAnsweredByWhatBecameOfIt() throws Exception {
    String organization = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    SavedDestination siem = waybill.createDestination(webhook(organization, path));
    DeliveryId id = DeliveryId.random();
    waybill.deliver(request(organization, "report").to(siem).data(1).deliveryId(id)).await(SOON);

    Delivery again =
        waybill.deliver(request(organization, "report").to(siem).data(1).deliveryId(id));

    assertThat(acceptance(again)).isInstanceOf(Acceptance.Accepted.class);
    assertThat(again.await(SOON).state()).isEqualTo(OverallState.COMPLETED);
    assertThat(local.http().requests(path)).hasSize(1);
  }

  @Test
  void aDeliveryOfTomorrowCanBeCancelled() throws Exception {
    String organization = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    SavedDestination siem = waybill.createDestination(webhook(organization, path));
    Delivery delivery =
        waybill.deliver(
            request(organization, "report")
                .to(siem)
                .data(1)
                .deliverAt(Instant.now().plus(Duration.ofDays(1))));
    acceptance(delivery);

    assertThatThrownBy(() -> delivery.await(Duration.ofMillis(300)))
        .isInstanceOfSatisfying(
            NoAnswerException.class,
            e -> assertThat(e.lastStatus().orElseThrow().state().hasEnded()).isFalse());
    DeliveryStatus cancelled = waybill.cancel(delivery.id());

    assertThat(cancelled.state()).isEqualTo(OverallState.CANCELLED);
    assertThat(local.http().requests(path)).isEmpty();
    assertThatThrownBy(() -> waybill.cancel(delivery.id()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("has ended already");
  }

  @Test
  void failedDestinationsAreTriedAgainAndNoOthers() {
    String organization = LocalWaybill.newOrganization();
    String good = LocalWaybill.newPath();
    String mended = LocalWaybill.newPath();
    local.http().script(mended, Answer.status(400), Answer.status(200));
    Delivery delivery =
        waybill.deliver(
            request(organization, "report")
                .to(
                    waybill.createDestination(webhook(organization, good)),
                    waybill.createDestination(webhook(organization, mended)))
                .dataJson(EXACT));
    assertThat(delivery.await(SOON).state()).isEqualTo(OverallState.PARTIAL);

    waybill.retry(delivery.id());

    assertThat(waybill.await(delivery.id(), SOON).state()).isEqualTo(OverallState.COMPLETED);
    assertThat(local.http().requests(mended)).hasSize(2);
    assertThat(local.http().requests(mended).get(1).bodyText()).isEqualTo(EXACT);
    assertThat(local.http().requests(good)).hasSize(1);
    assertThatThrownBy(() -> waybill.retry(delivery.id()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("nothing to retry");
  }

  @Test
  void whoFollowsSeesEveryDeliveryOfTheOrganizationToItsEnd() throws Exception {
    String organization = LocalWaybill.newOrganization();
    SavedDestination siem = waybill.createDestination(webhook(organization, "/follow"));
    String foreign = LocalWaybill.newOrganization();
    SavedDestination foreignSiem = waybill.createDestination(webhook(foreign, "/follow"));
    BlockingQueue<DeliveryStatus> changes = new LinkedBlockingQueue<>();
    try (Subscription ignored = waybill.follow(new OrganizationId(organization), changes::add)) {
      Delivery one = waybill.deliver(request(organization, "report").to(siem).data(1));
      Delivery other = waybill.deliver(request(foreign, "report").to(foreignSiem).data(2));
      one.await(SOON);
      other.await(SOON);

      Awaitility.await()
          .atMost(SOON)
          .until(() -> changes.stream().anyMatch(status -> status.state().hasEnded()));
      assertThat(changes).extracting(DeliveryStatus::deliveryId).containsOnly(one.id());
    }
  }

  @Test
  void whoFollowsADeliveryHearsWhereItStandsAndHowItGoesOn() {
    String organization = LocalWaybill.newOrganization();
    SavedDestination siem = waybill.createDestination(webhook(organization, "/one"));
    Delivery delivery =
        waybill.deliver(
            request(organization, "report")
                .to(siem)
                .data(1)
                .deliverAt(Instant.now().plusSeconds(2)));
    delivery.acceptance().join();
    BlockingQueue<OverallState> states = new LinkedBlockingQueue<>();

    try (Subscription ignored =
        waybill.follow(delivery.id(), status -> states.add(status.state()))) {
      assertThat(states).as("where it stands").hasSize(1);
      delivery.await(SOON);
      Awaitility.await().atMost(SOON).until(() -> states.contains(OverallState.COMPLETED));
    }
  }

  @Test
  void whoWasAwayHearsWhatHappenedMeanwhile() throws Exception {
    String organization = LocalWaybill.newOrganization();
    SavedDestination siem = waybill.createDestination(webhook(organization, "/away"));
    BlockingQueue<DeliveryId> ended = new LinkedBlockingQueue<>();
    Instant lastSeen;
    DeliveryId before;
    try (WaybillClient reader = local.builder().build();
        Subscription ignored =
            reader.follow(
                new OrganizationId(organization),
                status -> {
                  if (status.state().hasEnded()) {
                    ended.add(status.deliveryId());
                  }
                })) {
      before = waybill.deliver(request(organization, "report").to(siem).data(1)).id();
      assertThat(ended.poll(30, TimeUnit.SECONDS)).isEqualTo(before);
      lastSeen = Instant.now();
    }
    Delivery meanwhile = waybill.deliver(request(organization, "report").to(siem).data(2));
    meanwhile.await(SOON);

    try (WaybillClient reader = local.builder().build();
        Subscription ignored =
            reader.follow(
                new OrganizationId(organization),
                lastSeen,
                status -> {
                  if (status.state().hasEnded()) {
                    ended.add(status.deliveryId());
                  }
                })) {
      Delivery afterwards = waybill.deliver(request(organization, "report").to(siem).data(3));
      afterwards.await(SOON);
      Awaitility.await().atMost(SOON).until(() -> ended.contains(afterwards.id()));
      assertThat(ended).contains(meanwhile.id()).doesNotContain(before);
    }
  }

  @Test
  void aListenerThatWouldWaitForItselfIsToldSo() throws Exception {
    String organization = LocalWaybill.newOrganization();
    SavedDestination siem = waybill.createDestination(webhook(organization, "/listener"));
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    try (Subscription ignored =
        waybill.follow(
            new OrganizationId(organization),
            status -> {
              try {
                waybill.status(status.deliveryId());
              } catch (IllegalStateException e) {
                thrown.complete(e);
              }
            })) {
      waybill.deliver(request(organization, "report").to(siem).data(1)).await(SOON);
      assertThat(thrown.get(30, TimeUnit.SECONDS)).hasMessageContaining("listener");
    }
  }

  @Test
  void anOldDeliveryIsFoundByAClientThatDidNotMakeIt() {
    String organization = LocalWaybill.newOrganization();
    SavedDestination siem = waybill.createDestination(webhook(organization, "/old"));
    DeliveryId id = waybill.deliver(request(organization, "report").to(siem).data(1)).id();
    waybill.await(id, SOON);
    try (WaybillClient other = local.builder().build()) {
      assertThat(other.status(id).orElseThrow().state()).isEqualTo(OverallState.COMPLETED);
      assertThat(other.status(DeliveryId.random())).isEmpty();
      assertThatThrownBy(() -> other.cancel(DeliveryId.random()))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void withoutARegistryJsonIsPublishedAndRead() throws Exception {
    String organization = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    SavedDestination siem = waybill.createDestination(webhook(organization, path));
    try (WaybillClient plain =
        WaybillClient.builder().bootstrapServers(local.endpoint().bootstrapServers()).build()) {
      Delivery delivery =
          plain.deliver(request(organization, "report").to(siem).dataJson(EXACT).tags("plain"));

      DeliveryStatus status = delivery.await(SOON);

      assertThat(status.state()).isEqualTo(OverallState.COMPLETED);
      assertThat(status.summary().tags()).containsExactly("plain");
      assertThat(local.http().requests(path).get(0).bodyText()).isEqualTo(EXACT);
      assertThat(value(Topics.REQUESTS, delivery.id())).startsWith("{\"deliveryId\":");
      assertThatThrownBy(() -> plain.createDestination(webhook(organization, "/x")))
          .isInstanceOf(WaybillException.class)
          .hasMessageContaining("schema.registry.url");
    }
  }

  @Test
  void payloadsOfWhoHasAKeyAreSealedOnTheirWay() {
    String organization = LocalWaybill.newOrganization();
    String path = LocalWaybill.newPath();
    new io.waybill.secrets.PayloadKeyFile(local.endpoint().payloadKeys())
        .create(new OrganizationId(organization));
    SavedDestination siem = waybill.createDestination(webhook(organization, path));
    try (WaybillClient sealing =
        SecurityConfiguration.sealing(
            local.endpoint().bootstrapServers(),
            local.endpoint().registryUrl(),
            local.endpoint().payloadKeys())) {
      Delivery delivery = SecurityConfiguration.deliverPhi(sealing, organization, siem);

      assertThat(delivery.await(SOON).state()).isEqualTo(OverallState.COMPLETED);
      assertThat(local.http().requests(path).get(0).bodyText()).contains("patient-42");
      assertThat(value(Topics.REQUESTS, delivery.id())).doesNotContain("patient-42");
    }
  }

  @Test
  void aClosedClientSaysSo() {
    WaybillClient closed = local.client();
    closed.close();
    closed.close();

    assertThatThrownBy(() -> closed.status(DeliveryId.random()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(closed.deliver(request("hospital-001", "report").toDefaults().data(1)).published())
        .failsWithin(SOON);
  }

  private List<String> keys(String topic) {
    try (TopicReader reader = new TopicReader(local.endpoint().bootstrapServers(), topic)) {
      return reader.readToEnd().stream().map(record -> new String(record.key(), UTF_8)).toList();
    }
  }

  /** A record's value as text, whatever form it has. */
  private String value(String topic, DeliveryId id) {
    try (TopicReader reader = new TopicReader(local.endpoint().bootstrapServers(), topic)) {
      return reader.readToEnd().stream()
          .filter(record -> new String(record.key(), UTF_8).endsWith("/" + id))
          .map(ConsumerRecord::value)
          .map(bytes -> new String(bytes, UTF_8))
          .findFirst()
          .orElseThrow();
    }
  }
}
