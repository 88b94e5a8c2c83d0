package io.waybill.app;

import static io.waybill.app.Tenant.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.app.RecordingAuthorizer.Used;
import io.waybill.app.cli.Commands;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import io.waybill.wire.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real broker with its own authorizer, TLS and log-ins: each role works with the rights of the
 * table, and is refused whatever the table does not give it.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecuredKafkaIT {
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);

  /** The {@code client.id} of those who try what a role may not do, in the role's name. */
  private static final String TRIES = "tries-what-it-may-not";

  private Path folder;
  private SecuredKafkaRig rig;

  @BeforeAll
  void start(@TempDir Path shared) {
    folder = shared;
    rig = new SecuredKafkaRig(folder);
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  @Test
  void everyRoleDoesItsWorkWithItsRightsAlone() throws Exception {
    Installation waybill = rig.administrator();
    Tenant tenant = new Tenant(waybill, Installation.newOrganization());
    OrganizationId organization = tenant.organization();
    try (HttpSink receiver = HttpSink.start();
        ServerSocket nobody = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int closed = nobody.getLocalPort();
      nobody.close();
      receiver.script("/shaky", Answer.status(503), Answer.status(200));
      receiver.always("/gone", Answer.status(410));
      DestinationId shaky =
          waybill.createWebhook(organization, receiver.uri("/shaky"), 3, Map.of());
      DestinationId good = waybill.createWebhook(organization, receiver.uri("/good"), 0, Map.of());
      DestinationId gone =
          waybill.createWebhook(
              organization,
              receiver.uri("/gone"),
              0,
              new Fallback(List.of(good), Optional.empty()));
      DestinationId mail = tenant.email(closed, "somebody@example.com");
      DestinationId store =
          tenant.storage(URI.create("http://127.0.0.1:" + closed), "bucket", 5_000);
      // Too large for a task: senders fetch it from the request.
      String large =
          "{\"totalEvents\":1,\"failedLogins\":2,\"dataAccess\":3,\"more\":\""
              + "x".repeat(100_000)
              + "\"}";

      DeliveryId id = tenant.deliver(large, "{}", shaky, gone, mail, store);

      await()
          .atMost(LONG_ENOUGH)
          .untilAsserted(() -> {
            DeliveryStatus status = tenant.await(id, _ -> true);
            assertThat(part(status, shaky).state()).isEqualTo(DestinationState.DELIVERED);
            assertThat(part(status, shaky).attempts()).isEqualTo(2);
            assertThat(part(status, gone).deliveredBy()).contains(good);
            assertThat(part(status, mail)).extracting(DestinationStatus::attempts).isNotIn(0, 1);
            assertThat(part(status, store)).extracting(DestinationStatus::attempts).isNotIn(0, 1);
          });
      assertThat(receiver.requests("/good")).hasSize(1);
      assertThat(receiver.requests("/good").getFirst().bodyText()).isEqualTo(large);
    }
    // The sender that met a receiver which is gone has used everything that a sender may.
    await()
        .atMost(LONG_ENOUGH)
        .untilAsserted(() -> {
          assertThat(topicsOf(Role.SENDER_WEBHOOK, AclOperation.READ))
              .containsAll(withoutTenants(rig.acls().reads(Role.SENDER_WEBHOOK)));
          assertThat(topicsOf(Role.SENDER_WEBHOOK, AclOperation.WRITE))
              .containsAll(rig.acls().writes(Role.SENDER_WEBHOOK));
        });
    for (Role role : Role.values()) {
      // What is no topic is used by all that have it.
      Set<String> used =
          RecordingAuthorizer.by(principalOf(role)).stream()
              .map(Used::type)
              .map(ResourceType::name)
              .collect(Collectors.toSet());
      assertThat(used).as(role.word()).contains("TOPIC", "GROUP", "TRANSACTIONAL_ID");
      assertThat(RecordingAuthorizer.refusedTo(principalOf(role)))
          .as("%s lacks no right, not even one that it does without", role.word())
          .filteredOn(refused -> !refused.client().equals(TRIES))
          .isEmpty();
    }
  }

  /** Nothing was published there. */
  private static Set<String> withoutTenants(Set<String> topics) {
    Set<String> others = new TreeSet<>(topics);
    others.remove(Installation.TENANTS_REQUESTS);
    return others;
  }

  private static String principalOf(Role role) {
    return "User:" + SecuredKafkaRig.nameOf(new KafkaUser.Running(role));
  }

  private static Set<String> topicsOf(Role role, AclOperation operation) {
    return RecordingAuthorizer.by(principalOf(role)).stream()
        .filter(used -> used.type() == ResourceType.TOPIC && used.operation() == operation)
        .map(Used::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void noRoleReadsWhatIsNotIts(Role role) {
    Set<String> forbidden = new HashSet<>(catalog());
    forbidden.removeAll(rig.acls().reads(role));
    forbidden.add("__consumer_offsets");
    Set<String> refused = new HashSet<>();
    try (var consumer =
        new KafkaConsumer<>(
            consumer(role, Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      while (!forbidden.equals(refused)) {
        List<TopicPartition> left =
            forbidden.stream()
                .filter(topic -> !refused.contains(topic))
                .map(topic -> new TopicPartition(topic, 0))
                .toList();
        consumer.assign(left);
        consumer.seekToBeginning(left);
        assertThatThrownBy(() -> pollUntilRefused(consumer))
            .as("%s reads one of %s", role.word(), left)
            .isInstanceOfSatisfying(
                TopicAuthorizationException.class, e -> refused.addAll(e.unauthorizedTopics()));
      }
    }
    assertThat(refused).contains("__consumer_offsets");
  }

  private static void pollUntilRefused(KafkaConsumer<byte[], byte[]> consumer) {
    long end = System.nanoTime() + LONG_ENOUGH.toNanos();
    while (System.nanoTime() < end) {
      assertThat(consumer.poll(Duration.ofMillis(200)).count()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void noRoleWritesWhatIsNotIts(Role role) throws Exception {
    Set<String> forbidden = new TreeSet<>(catalog());
    forbidden.removeAll(rig.acls().writes(role));
    Map<String, Future<?>> sends = new HashMap<>();
    try (var producer =
        new KafkaProducer<>(
            settings(role, Map.of("enable.idempotence", "false", "retries", "0")),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      forbidden.forEach(
          topic -> sends.put(topic, producer.send(new ProducerRecord<>(topic, new byte[] {1}))));
    }
    assertThat(sends).isNotEmpty();
    sends.forEach((topic, send) ->
        assertThatThrownBy(send::get)
            .as("%s writes %s", role.word(), topic)
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(TopicAuthorizationException.class));
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void noRoleTakesAnothersPlace(Role role) {
    for (Role other : Role.values()) {
      if (other == role) {
        continue;
      }
      String group = groupOf(other);
      try (var consumer =
          new KafkaConsumer<>(
              consumer(role, Map.of("group.id", group)),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer())) {
        consumer.subscribe(Set.of(rig.acls().reads(role).iterator().next()));
        assertThatThrownBy(() -> pollUntilRefused(consumer))
            .as("%s joins %s", role.word(), group)
            .isInstanceOf(GroupAuthorizationException.class);
      }
      String transactions = transactionsOf(other) + "one";
      try (var producer =
          new KafkaProducer<>(
              settings(role, Map.of("transactional.id", transactions)),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        assertThatThrownBy(producer::initTransactions)
            .as("%s fences %s", role.word(), transactions)
            .isInstanceOf(TransactionalIdAuthorizationException.class);
      }
    }
  }

  private String groupOf(Role role) {
    return only(role, ResourceType.GROUP, PatternType.LITERAL);
  }

  private String transactionsOf(Role role) {
    return only(role, ResourceType.TRANSACTIONAL_ID, PatternType.PREFIXED);
  }

  private String only(Role role, ResourceType type, PatternType pattern) {
    return rig.acls().of(new KafkaUser.Running(role)).stream()
        .map(KafkaAcl::resource)
        .filter(it -> it.resourceType() == type && it.patternType() == pattern)
        .map(ResourcePattern::name)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void noRoleChangesTheCluster(Role role) {
    try (Admin admin = Admin.create(settings(role, Map.of()))) {
      assertThatThrownBy(() ->
              admin
                  .createTopics(
                      List.of(new NewTopic("waybill.mine", Optional.of(1), Optional.empty())))
                  .all()
                  .get())
          .hasCauseInstanceOf(TopicAuthorizationException.class);
      assertThatThrownBy(() -> admin.deleteTopics(List.of(Topics.REQUESTS)).all().get())
          .hasCauseInstanceOf(TopicAuthorizationException.class);
      AclBinding everything =
          new AclBinding(
              new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
              new AccessControlEntry(
                  principalOf(role), "*", AclOperation.ALL, AclPermissionType.ALLOW));
      assertThatThrownBy(() -> admin.createAcls(List.of(everything)).all().get())
          .hasCauseInstanceOf(ClusterAuthorizationException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void everyRoleSeesWhatAProductionStartLooksAt(Role role) {
    WaybillConfig config =
        rig.config("sasl-scram.yaml", role, "looks").withProfile(Profile.PRODUCTION);
    try (Admin admin = Admin.create(ClientSettings.shortAdmin(config.kafka()))) {
      assertThat(BrokerFacts.ask(admin).problems()).isEmpty();
      TopicsAdmin topics = new TopicsAdmin(admin);
      assertThat(topics.names())
          .containsAll(catalog())
          .contains("__consumer_offsets", "__transaction_state");
      assertThat(topics.facts(topics.names())).isNotEmpty();
    }
  }

  @Test
  void whoInstallsPublishesFollowsAndOperatesHasTheRightsForIt() throws Exception {
    assertThat(
            run(
                "topics",
                "apply",
                "--command-config",
                rig.clientFile(KafkaUser.Other.INSTALLER).toString(),
                "--partitions",
                Integer.toString(TopicCatalog.EMBEDDED_PARTITIONS),
                "--replication-factor",
                "1",
                "--request-topic",
                "waybill.requests.of-the-installer"))
        .contains("waybill.requests.of-the-installer")
        .contains("created");
    try (HttpSink receiver = HttpSink.start()) {
      Path webhook =
          Files.writeString(
              folder.resolve("operated.json"),
              """
              {"organizationId": "operated", "label": "Operated", "type": "webhook",
               "config": {"webhook": {"url": "%s"}}}
              """
                  .formatted(receiver.uri("/operated")));
      String operator = rig.clientFile(KafkaUser.Other.OPERATOR).toString();
      String destination =
          run(
                  "destinations",
                  "apply",
                  "--command-config",
                  operator,
                  "--keyset",
                  rig.administrator().config().keyset().toString(),
                  "--output",
                  "id",
                  "--file",
                  webhook.toString())
              .strip();
      Path request =
          Files.writeString(
              folder.resolve("request.json"),
              """
              {"organizationId": "operated", "destinations": ["%s"],
               "payload": {"type": "report", "data": {"number": 1}}}
              """
                  .formatted(destination));
      String id =
          run(
                  "deliver",
                  "--command-config",
                  rig.clientFile(KafkaUser.Other.PUBLISHER).toString(),
                  "--file",
                  request.toString())
              .strip();
      assertThat(
              run(
                  "status",
                  id,
                  "--watch",
                  "--timeout",
                  "60s",
                  "--command-config",
                  rig.clientFile(KafkaUser.Other.FOLLOWER).toString()))
          .contains("delivered");
      assertThat(receiver.requests("/operated")).hasSize(1);
      assertThat(run("health", "list", "--org", "operated", "--command-config", operator))
          .contains(destination);
    }
  }

  private static String run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    var commands = args[0].equals("topics") ? Main.commandLine() : Commands.commandLine();
    int exitCode =
        commands
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    assertThat(exitCode).as("%s%n%s%n%s", String.join(" ", args), out, err).isZero();
    return out.toString();
  }

  @Test
  void aRoleComesInWithItsCertificate() {
    try (WaybillProcess process =
        rig.process(rig.config("mutual-tls.yaml", SecuredKafkaRig.WITH_CERTIFICATE, "certified"))) {
      process.start();
      process.awaitReady();
      assertThat(process.isReady()).isTrue();
    }
    assertThat(
            RecordingAuthorizer.by("User:CN=" + SecuredKafkaRig.WITH_CERTIFICATE.word()).stream()
                .map(Used::name))
        .contains(groupOf(SecuredKafkaRig.WITH_CERTIFICATE));
  }

  @Test
  void whoShowsNoCertificateIsNotLetIn() {
    Map<String, String> kafka = new HashMap<>(rig.kafka("mutual-tls.yaml", "", ""));
    kafka.keySet().removeIf(key -> key.startsWith("ssl.keystore"));

    isNotLetIn(kafka);
  }

  @Test
  void aCertificateThatTheBrokersDoNotKnowIsNotLetIn() {
    TestCertificate stranger = TestCertificate.of(folder, "stranger");
    Map<String, String> kafka = new HashMap<>(rig.kafka("mutual-tls.yaml", "", ""));
    kafka.put("ssl.keystore.location", stranger.keyStore().toString());

    isNotLetIn(kafka);
  }

  @Test
  void brokersWithACertificateOfSomebodyElseGetNoPassword() {
    TestCertificate other = TestCertificate.of(folder, "other-authority");
    Map<String, String> kafka = new HashMap<>(rig.client(new KafkaUser.Running(Role.TIMER)));
    kafka.put("ssl.truststore.location", other.pem().toString());

    isNotLetIn(kafka);
  }

  @Test
  void aWrongPasswordIsSaidToBeOne() {
    Map<String, String> kafka = rig.kafka("sasl-scram.yaml", "waybill-timer", "wrong");

    assertThatThrownBy(() -> start(kafka))
        .isInstanceOf(KafkaProblem.class)
        .hasMessageContaining("Authentication failed")
        .hasMessageNotContaining("wrong\"");
  }

  @Test
  void aUserWithoutRightsIsToldThatTopicsAreMissing() {
    Map<String, String> kafka = rig.kafka("sasl-plain.yaml", "plain", SecuredBroker.PLAIN_PASSWORD);

    assertThatThrownBy(() -> start(kafka))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Topics.REQUESTS)
        .hasMessageContaining("topics acls");
  }

  private void isNotLetIn(Map<String, String> kafka) {
    assertThatThrownBy(() -> start(kafka)).isInstanceOf(KafkaProblem.class);
  }

  private void start(Map<String, String> kafka) {
    WaybillConfig config = rig.config("sasl-scram.yaml", Role.TIMER, "refused");
    try (WaybillProcess process =
        rig.process(
            new WaybillConfig(
                config.roles(),
                kafka,
                config.schemaRegistry(),
                config.keyset(),
                config.stateDirectory(),
                config.instance(),
                config.partitions(),
                config.allowCidrs(),
                config.httpPort(),
                config.sending()))) {
      process.start();
    }
  }

  private Set<String> catalog() {
    return TopicCatalog.topics(
            TopicCatalog.EMBEDDED_PARTITIONS,
            Role.SENT_TYPES,
            rig.administrator().config().requestTopics().names())
        .stream()
        .map(TopicSpec::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Map<String, Object> settings(Role role, Map<String, String> more) {
    Map<String, Object> settings = new HashMap<>(rig.client(new KafkaUser.Running(role)));
    settings.put("client.id", TRIES);
    settings.putAll(more);
    return settings;
  }

  private Map<String, Object> consumer(Role role, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    all.put("auto.offset.reset", "earliest");
    all.put("enable.auto.commit", "false");
    all.put("allow.auto.create.topics", "false");
    return settings(role, all);
  }
}
