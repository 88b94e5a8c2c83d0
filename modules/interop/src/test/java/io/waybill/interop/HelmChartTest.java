package io.waybill.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.waybill.app.ConfigFile;
import io.waybill.app.Profile;
import io.waybill.app.Role;
import io.waybill.app.WaybillConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The chart, rendered by Helm, which is here as a library of Linux: what Kubernetes would refuse,
 * and what it would take but not be what the chart promises. Nothing is installed.
 */
@EnabledOnOs(
    value = {OS.LINUX},
    disabledReason = "Helm's library is taken for Linux only")
class HelmChartTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "deployment.md");
  private static final String KEYSET = "/etc/waybill/keyset";

  @TempDir private Path folder;

  static Stream<Arguments> values() throws IOException {
    return Stream.of(
        argumentSet("the chart's own", ""),
        argumentSet("those of the page", documentedValues()),
        argumentSet(
            "everything",
            """
            kafkaUser: {secret: "waybill-kafka-{role}"}
            kafkaFiles: {secret: "waybill-{role}-certificate"}
            payloadKeys: {secret: waybill-payload-keys}
            requestTopics: {waybill.requests: "*", acme.requests: [acme, globex]}
            config: {allowCidrs: [10.0.0.0/8], sender: {inFlight: 500}}
            javaOptions: -XX:MaxDirectMemorySize=128m
            env: [{name: TZ, value: UTC}]
            image: {pullSecrets: [{name: registry}]}
            metrics:
              podMonitor: {enabled: true, labels: {release: prometheus}}
              rules: {enabled: true}
              dashboards: {enabled: true}
            networkPolicy:
              enabled: true
              from: [{namespaceSelector: {matchLabels: {name: monitoring}}}]
            podAnnotations: {a: b}
            podLabels: {team: audit}
            nodeSelector: {disk: ssd}
            tolerations: [{key: dedicated, operator: Exists}]
            priorityClassName: high
            serviceAccount: {annotations: {x: y}}
            roles:
              timer: {heap: 512m, storage: {class: fast, size: 5Gi}}
              sender-webhook: {autoscaling: {enabled: true}}
            """),
        argumentSet(
            "without what can be left out",
            """
            topics: {apply: false}
            serviceAccount: {create: false, name: existing}
            autoscaling: {kind: hpa}
            roles:
              sender-email: {enabled: false}
              sender-storage: {autoscaling: {enabled: true}}
            """));
  }

  /** The values that the page tells to begin with. */
  private static String documentedValues() throws IOException {
    Matcher block =
        Pattern.compile("### 4\\. What is yours.*?```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  @Test
  void helmsLinterFindsNothing() {
    LintResult result = HelmChart.lint();

    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
    assertThat(result.getMessages()).noneMatch(line -> line.matches(".*\\[(WARNING|ERROR)].*"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void isWhatKubernetesKnows(String values) {
    List<JsonNode> documents = render(values);
    Set<String> names = new HashSet<>();

    assertThat(documents).isNotEmpty();
    for (JsonNode document : documents) {
      Optional<HasMetadata> known = KubernetesTypes.read(document);
      if (known.isEmpty()) {
        assertThat(KubernetesTypes.kind(document))
            .isIn(
                "keda.sh/v1alpha1/ScaledObject",
                "monitoring.coreos.com/v1/PodMonitor",
                "monitoring.coreos.com/v1/PrometheusRule");
      }
      String name = document.path("metadata").path("name").asText();
      assertThat(name).matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?").hasSizeLessThanOrEqualTo(63);
      assertThat(names.add(KubernetesTypes.kind(document) + " " + name)).as(name).isTrue();
    }
  }

  @Test
  void aFieldThatKubernetesDoesNotKnowIsFound() {
    ObjectNode budget = (ObjectNode) only(render(""), "policy/v1/PodDisruptionBudget", "timer");
    ((ObjectNode) budget.path("spec")).put("maxUnavailible", 1);

    assertThatThrownBy(() -> KubernetesTypes.read(budget)).hasMessageContaining("maxUnavailible");
  }

  @Test
  void everyRoleRunsInPodsOfItsOwn() {
    Map<String, JsonNode> pods = pods(render(""));

    assertThat(pods.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(Arrays.stream(Role.values()).map(Role::word), Stream.of("installer"))
                .toList());
    for (Role role : Role.values()) {
      JsonNode container = container(pods.get(role.word()));
      assertThat(texts(container.path("args")))
          .containsExactly("run", "--config=/etc/waybill/waybill.yaml", "--roles=" + role.word());
      assertThat(container.path("env").path(0).path("name").asText())
          .isEqualTo("WAYBILL__INSTANCE");
      assertThat(
              container
                  .path("env")
                  .path(0)
                  .path("valueFrom")
                  .path("fieldRef")
                  .path("fieldPath")
                  .asText())
          .as("two processes with one instance would fence each other")
          .isEqualTo("metadata.name");
    }
  }

  @Test
  void topicsAreMadeBeforeRolesStart() throws IOException {
    String hooks = Files.readString(HelmChart.FOLDER.resolve(HelmChart.HOOKS));
    assertThat(hooks.split("\n---\n"))
        .hasSize(2)
        .allSatisfy(it -> assertThat(it).contains("helm.sh/hook: pre-install,pre-upgrade\n"));

    JsonNode job = only(render(""), "batch/v1/Job", "installer");

    assertThat(texts(container(job.path("spec").path("template")).path("args")))
        .containsExactly(
            "topics", "apply", "--config=/etc/waybill/waybill.yaml", "--replication-factor=3");
  }

  /** It reads the same configuration, which may refer to variables, on the same nodes. */
  @Test
  void theJobRunsAsAndWhereRolesDo() {
    JsonNode pod =
        pods(render(
                """
                kafkaUser: {secret: "waybill-kafka-{role}"}
                env: [{name: REGISTRY_PASSWORD, value: x}]
                podLabels: {team: audit}
                nodeSelector: {disk: ssd}
                tolerations: [{key: dedicated, operator: Exists}]
                priorityClassName: high
                """))
            .get("installer");

    assertThat(container(pod).path("env").path(0).path("name").asText())
        .isEqualTo("REGISTRY_PASSWORD");
    assertThat(container(pod).path("envFrom")).hasSize(1);
    assertThat(pod.path("metadata").path("labels").path("team").asText()).isEqualTo("audit");
    assertThat(pod.path("spec").path("nodeSelector").path("disk").asText()).isEqualTo("ssd");
    assertThat(pod.path("spec").path("tolerations")).hasSize(1);
    assertThat(pod.path("spec").path("priorityClassName").asText()).isEqualTo("high");
  }

  @Test
  void whatKeepsStoresHasANameAndAVolumeThatStay() {
    List<JsonNode> documents = render("");

    for (Role role : Role.values()) {
      String kind = role.isSender() ? "apps/v1/Deployment" : "apps/v1/StatefulSet";
      JsonNode workload = only(documents, kind, role.word());
      assertThat(workload.path("spec").path("replicas").intValue()).isEqualTo(2);
      if (!role.isSender()) {
        assertThat(
                workload
                    .path("spec")
                    .path("volumeClaimTemplates")
                    .path(0)
                    .path("metadata")
                    .path("name")
                    .asText())
            .isEqualTo("state");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("values")
  void podsHaveNoRightsAndWriteNowhereElse(String values) {
    pods(render(values))
        .forEach((role, pod) -> {
          JsonNode spec = pod.path("spec");
          JsonNode security = spec.path("securityContext");
          assertThat(security.path("runAsNonRoot").booleanValue()).as(role).isTrue();
          assertThat(security.path("runAsUser").intValue()).as(role).isEqualTo(10001);
          assertThat(security.path("seccompProfile").path("type").asText())
              .as(role)
              .isEqualTo("RuntimeDefault");
          assertThat(spec.path("automountServiceAccountToken").booleanValue()).as(role).isFalse();
          assertThat(spec.has("hostNetwork") || spec.has("hostPID")).as(role).isFalse();
          JsonNode own = container(pod).path("securityContext");
          assertThat(own.path("readOnlyRootFilesystem").booleanValue()).as(role).isTrue();
          assertThat(own.path("allowPrivilegeEscalation").asText()).as(role).isEqualTo("false");
          assertThat(texts(own.path("capabilities").path("drop"))).as(role).containsExactly("ALL");
          assertThat(container(pod).path("resources").path("limits").has("memory"))
              .as(role)
              .isTrue();
          for (JsonNode mount : container(pod).path("volumeMounts")) {
            if (!mount.path("readOnly").booleanValue()) {
              assertThat(mount.path("mountPath").asText())
                  .as(role)
                  .isIn("/var/lib/waybill", "/tmp");
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("values")
  void everyMountHasItsVolume(String values) {
    List<JsonNode> documents = render(values);
    pods(documents)
        .forEach((role, pod) -> {
          Set<String> volumes = new HashSet<>();
          pod.path("spec").path("volumes").forEach(it -> volumes.add(it.path("name").asText()));
          boolean keepsStores =
              documents.stream()
                  .anyMatch(it ->
                      it.path("kind").asText().equals("StatefulSet") && component(it).equals(role));
          if (keepsStores) {
            volumes.add("state");
          }
          Set<String> mounted = new HashSet<>();
          container(pod).path("volumeMounts").forEach(it -> mounted.add(it.path("name").asText()));
          assertThat(mounted).as(role).isEqualTo(volumes);
        });
  }

  @Test
  void probesAskWhatThereIsAndStopsAreWaitedFor() {
    Map<String, JsonNode> pods = pods(render(""));
    pods.remove("installer");

    pods.forEach((role, pod) -> {
      JsonNode container = container(pod);
      assertThat(path(container, "livenessProbe")).as(role).isEqualTo("/health/live");
      assertThat(path(container, "startupProbe")).as(role).isEqualTo("/health/live");
      assertThat(path(container, "readinessProbe")).as(role).isEqualTo("/health/ready");
      assertThat(container.path("ports").path(0).path("containerPort").intValue()).isEqualTo(8080);
      assertThat(pod.path("spec").path("terminationGracePeriodSeconds").intValue())
          .as(role)
          .isGreaterThanOrEqualTo(40);
    });
  }

  private static String path(JsonNode container, String probe) {
    assertThat(container.path(probe).path("httpGet").path("port").asText()).isEqualTo("http");
    return container.path(probe).path("httpGet").path("path").asText();
  }

  @Test
  void onlySendersGetKeys() {
    pods(render("payloadKeys: {secret: payload-keys}"))
        .forEach((role, pod) -> {
          boolean isSender = role.startsWith("sender-");
          List<String> mounts = new ArrayList<>();
          container(pod)
              .path("volumeMounts")
              .forEach(it -> mounts.add(it.path("mountPath").asText()));
          assertThat(mounts.contains(KEYSET)).as(role).isEqualTo(isSender);
          assertThat(mounts.contains("/etc/waybill/payload-keys")).as(role).isEqualTo(isSender);
          for (JsonNode volume : pod.path("spec").path("volumes")) {
            if (volume.has("secret")) {
              // Waybill refuses keys that others may read; the group is fsGroup's.
              assertThat(volume.path("secret").path("defaultMode").intValue())
                  .as(role)
                  .isEqualTo(0440);
              assertThat(pod.path("spec").path("securityContext").path("fsGroup").intValue())
                  .isEqualTo(10001);
            }
          }
        });
  }

  @Test
  void everyRoleLogsInAsItself() {
    pods(render("{kafkaUser: {secret: \"kafka-{role}\"}, kafkaFiles: {secret: \"files-{role}\"}}"))
        .forEach((role, pod) -> {
          assertThat(container(pod).path("envFrom").path(0).path("secretRef").path("name").asText())
              .isEqualTo("kafka-" + role);
          List<String> secrets = new ArrayList<>();
          pod.path("spec")
              .path("volumes")
              .forEach(it -> secrets.add(it.path("secret").path("secretName").asText()));
          assertThat(secrets).contains("files-" + role);
        });
  }

  @ParameterizedTest
  @MethodSource("values")
  void selectorsSelectThePodsOfTheirRole(String values) {
    List<JsonNode> documents = render(values);
    Map<String, JsonNode> pods = pods(documents);
    for (JsonNode document : documents) {
      JsonNode selector = document.path("spec").path("selector");
      JsonNode labels = selector.has("matchLabels") ? selector.path("matchLabels") : selector;
      if (!selector.isObject() || !labels.has("app.kubernetes.io/component")) {
        continue;
      }
      String role = component(document);
      assertThat(pods).containsKey(role);
      JsonNode podLabels = pods.get(role).path("metadata").path("labels");
      labels
          .properties()
          .forEach(label ->
              assertThat(podLabels.path(label.getKey())).as(role).isEqualTo(label.getValue()));
    }
    for (String role : pods.keySet()) {
      if (!role.equals("installer")) {
        JsonNode budget = only(documents, "policy/v1/PodDisruptionBudget", role);
        assertThat(budget.path("spec").path("maxUnavailable").intValue()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("values")
  void theConfigurationIsOneThatWaybillTakes(String values) throws IOException {
    for (JsonNode document : render(values)) {
      JsonNode text = document.path("data").path("waybill.yaml");
      if (text.isMissingNode()) {
        continue;
      }
      // Variables of the container, which this test has not.
      Path file =
          Files.writeString(
              folder.resolve("waybill.yaml"), text.asText().replaceAll("\\$\\{env:\\w+}", "x"));
      WaybillConfig config = ConfigFile.read(file);

      assertThat(config.profile()).isEqualTo(Profile.PRODUCTION);
      assertThat(config.httpPort()).isEqualTo(8080);
      assertThat(config.httpAddress().isAnyLocalAddress()).isTrue();
      assertThat(config.keyset()).isEqualTo(Path.of(KEYSET, "keyset.json"));
      assertThat(config.stateDirectory()).isEqualTo(Path.of("/var/lib/waybill"));
    }
  }

  @Test
  void sendersGrowWithWhatWaitsForThem() {
    for (String kind : List.of("keda", "hpa")) {
      List<JsonNode> documents =
          render(
              "{autoscaling: {kind: %s}, roles: {sender-email: {autoscaling: {enabled: true}}}}"
                  .formatted(kind));
      JsonNode scaler =
          only(
              documents,
              kind.equals("keda")
                  ? "keda.sh/v1alpha1/ScaledObject"
                  : "autoscaling/v2/HorizontalPodAutoscaler",
              "sender-email");
      JsonNode workload = only(documents, "apps/v1/Deployment", "sender-email");

      assertThat(scaler.path("spec").path("scaleTargetRef").path("name"))
          .isEqualTo(workload.path("metadata").path("name"));
      assertThat(workload.path("spec").has("replicas"))
          .as("an upgrade would undo what was scaled")
          .isFalse();
      assertThat(scaler.path("spec").toString())
          .contains("waybill_lag")
          .contains("email")
          .as("express tasks wait for a sender, too")
          .contains("express");
    }
  }

  @Test
  void rulesAndDashboardsAreThoseOfTheFiles() throws IOException {
    List<JsonNode> documents =
        render("{metrics: {rules: {enabled: true}, dashboards: {enabled: true}}}");
    JsonNode rules = only(documents, "monitoring.coreos.com/v1/PrometheusRule", "monitoring");

    assertThat(rules.path("spec"))
        .isEqualTo(
            HelmChart.parse(
                Files.readString(HelmChart.FOLDER.resolve(Path.of("files", "alerts.yaml")))));
    JsonNode dashboards =
        documents.stream()
            .filter(it -> it.path("metadata").path("name").asText().endsWith("-dashboards"))
            .findFirst()
            .orElseThrow();
    assertThat(new ObjectMapper().readTree(dashboards.path("data").path("waybill.json").asText()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    HelmChart.FOLDER
                        .resolve(Path.of("files", "dashboards", "waybill.json"))
                        .toFile()));
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        argumentSet("a key that is none", "{replicaCount: 3}", "replicaCount"),
        argumentSet("a role that is none", "{roles: {sender: {enabled: true}}}", "sender"),
        argumentSet("no such profile", "{profile: test}", "profile"),
        argumentSet(
            "more processes than have work",
            "{roles: {sender-email: {autoscaling: {enabled: true, maxReplicas: 13}}}}",
            "partitions"),
        argumentSet(
            "what the chart decides itself", "{config: {httpPort: 9090}}", "config.httpPort"),
        argumentSet(
            "no limit of memory", "{roles: {timer: {resources: {limits: null}}}}", "limits"));
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void refusesValuesThatCannotBeMeant(String values, String named) {
    assertThatThrownBy(() -> render(values)).hasMessageContaining(named);
  }

  private List<JsonNode> render(String values) {
    return new HelmChart(folder).render(values);
  }

  private static String component(JsonNode document) {
    return document.path("metadata").path("labels").path("app.kubernetes.io/component").asText();
  }

  private static JsonNode only(List<JsonNode> documents, String kind, String component) {
    List<JsonNode> found =
        documents.stream()
            .filter(it -> KubernetesTypes.kind(it).equals(kind) && component(it).equals(component))
            .toList();
    assertThat(found).as("%s of %s", kind, component).hasSize(1);
    return found.getFirst();
  }

  /** The templates of all pods, by their role. */
  private static Map<String, JsonNode> pods(List<JsonNode> documents) {
    return documents.stream()
        .filter(it -> it.path("spec").path("template").path("spec").has("containers"))
        .collect(
            Collectors.toMap(
                HelmChartTest::component,
                it -> it.path("spec").path("template"),
                (one, other) -> {
                  throw new AssertionError("two workloads of one role");
                },
                TreeMap::new));
  }

  private static JsonNode container(JsonNode pod) {
    assertThat(pod.path("spec").path("containers")).hasSize(1);
    return pod.path("spec").path("containers").path(0);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(it -> texts.add(it.asText()));
    return texts;
  }
}
