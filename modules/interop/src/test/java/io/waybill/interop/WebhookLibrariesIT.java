package io.waybill.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.channel.Attempt;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.webhook.WebhookChannel;
import io.waybill.channel.webhook.WebhookSettings;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.RawJson;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookSigning.Key;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.NameResolver;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The JavaScript libraries {@code standardwebhooks} and {@code svix} verify what we send. */
@Tag("long")
class WebhookLibrariesIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final OrganizationId ORGANIZATION = new OrganizationId("hospital-001");
  private static final DestinationId DESTINATION = new DestinationId("hook-1");

  private static NodeClient node;

  @BeforeAll
  static void install() {
    try {
      node = NodeClient.install();
    } catch (NodeClient.Unavailable e) {
      System.out.println("SKIPPED interoperability: " + e.getMessage());
      abort(e.getMessage());
    }
  }

  @Test
  void verifyEveryRequestAndNoneThatWasAltered() throws Exception {
    SecureRandom random = new SecureRandom();
    String old = SigningSecrets.generate(SigningAlgorithm.V1, random);
    String fresh = SigningSecrets.generate(SigningAlgorithm.V1, random);
    String pair = SigningSecrets.generate(SigningAlgorithm.V1A, random);
    Instant now = Instant.now();
    WebhookSigning one = WebhookSigning.of(key(1, SigningAlgorithm.V1));
    WebhookSigning two = one.rotatedTo(key(2, SigningAlgorithm.V1), now, Duration.ofHours(1));
    WebhookSigning mixed = one.rotatedTo(key(2, SigningAlgorithm.V1A), now, Duration.ofHours(1));
    ReceivedRequest simple = sent(one, Map.of(1, old));
    ReceivedRequest rotated = sent(two, Map.of(1, old, 2, fresh));
    ReceivedRequest both = sent(mixed, Map.of(1, old, 2, pair));
    ArrayNode requests = MAPPER.createArrayNode();
    requests.add(job(old, simple, ""));
    requests.add(job(old, rotated, ""));
    requests.add(job(fresh, rotated, ""));
    requests.add(job(old, both, ""));
    requests.add(job(fresh, simple, ""));
    requests.add(job(old, simple, " "));

    JsonNode verdicts = node.verify(requests);

    for (int i = 0; i < requests.size(); i++) {
      String expected = i < 4 ? "verified" : "refused";
      assertThat(verdicts.get(i).path("standardwebhooks").textValue()).startsWith(expected);
      assertThat(verdicts.get(i).path("svix").textValue()).startsWith(expected);
    }
  }

  private static Key key(int number, SigningAlgorithm algorithm) {
    return Key.current(number, algorithm, Optional.empty());
  }

  private static ObjectNode job(String secret, ReceivedRequest request, String appended) {
    ObjectNode job = MAPPER.createObjectNode().put("secret", secret);
    ObjectNode headers = job.putObject("headers");
    for (String name : List.of("webhook-id", "webhook-timestamp", "webhook-signature")) {
      headers.put(name, request.header(name).orElseThrow());
    }
    return job.put("body", request.bodyText() + appended);
  }

  private static ReceivedRequest sent(WebhookSigning signing, Map<Integer, String> secrets)
      throws Exception {
    Map<String, char[]> values = new HashMap<>();
    secrets.forEach(
        (number, secret) -> values.put("webhook.signing.secrets." + number, secret.toCharArray()));
    try (HttpSink receiver = HttpSink.start();
        AddressGuard guard =
            new AddressGuard(NameResolver.ofJdk(), List.of(Cidr.parse("127.0.0.0/8")), 1);
        WebhookChannel channel =
            WebhookChannel.start(
                WebhookSettings.defaults("test"),
                (sealed, config) -> new CredentialSource.Opened(values),
                guard,
                InstantSource.system(),
                SSLContext.getDefault())) {
      WebhookConfig config =
          new WebhookConfig(
                  receiver.uri("/hook"),
                  "POST",
                  List.of(),
                  Duration.ofSeconds(10),
                  Optional.empty(),
                  WebhookConfig.Body.DATA)
              .withSigning(Optional.of(signing));
      Outcome outcome =
          channel.send(attempt(config)).toCompletableFuture().get(20, TimeUnit.SECONDS);
      assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
      return receiver.requests("/hook").getFirst();
    }
  }

  private static Attempt attempt(WebhookConfig config) {
    Instant now = Instant.now();
    RawJson data = RawJson.of("{\"money\":1.10,\"name\":\"\u00e9 \ud83d\ude80\"}");
    DeliveryId delivery = DeliveryId.random();
    Destination destination =
        new Destination(
            DESTINATION,
            ORGANIZATION,
            "hook",
            Optional.empty(),
            config,
            Fallback.none(),
            false,
            true,
            false,
            1,
            now,
            now);
    Task task =
        new Task(
            TaskId.of(ORGANIZATION, delivery, DESTINATION),
            ORGANIZATION,
            delivery,
            DESTINATION,
            DestinationType.WEBHOOK,
            1,
            0,
            0,
            "report",
            new TaskPayload.Inline(data),
            RawJson.EMPTY_OBJECT,
            Optional.empty(),
            List.of(),
            5,
            now,
            now,
            Optional.empty(),
            0);
    return new Attempt(
        task,
        destination,
        new DestinationSecrets(DESTINATION, ORGANIZATION, 1, List.of()),
        data,
        1);
  }
}
