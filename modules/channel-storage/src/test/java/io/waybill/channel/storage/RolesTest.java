package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A role is assumed for one organization, and its sessions are used for nobody else. */
class RolesTest {
  private static final String ROLE = "arn:aws:iam::123456789012:role/archive/waybill";

  private final Rig rig = new Rig();
  private final AtomicInteger sessions = new AtomicInteger();
  private final List<RawServer.Seen> asked = new CopyOnWriteArrayList<>();
  private final List<RawServer.Seen> written = new CopyOnWriteArrayList<>();
  private volatile String instead = "";
  private final RawServer server =
      rig.serve(
          RawServer.on((request, out) -> {
            if (request.requestLine().startsWith("POST / ")) {
              asked.add(request);
              RawServer.write(
                  out, instead.isEmpty() ? session(sessions.incrementAndGet()) : instead);
            } else {
              written.add(request);
              RawServer.write(out, RawServer.kept());
            }
            return true;
          }));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private static String session(int number) {
    return RawServer.answer(
        200,
        """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleResult><Credentials>
            <AccessKeyId>ASIA-SESSION-%d</AccessKeyId>
            <SecretAccessKey>session-secret</SecretAccessKey>
            <SessionToken>session-token-%d</SessionToken>
            <Expiration>2030-01-01T00:00:00Z</Expiration>
          </Credentials></AssumeRoleResult>
        </AssumeRoleResponse>
        """
            .formatted(number, number),
        "Content-Type: text/xml");
  }

  private static String refusal(int status, String code) {
    return RawServer.answer(
        status,
        "<ErrorResponse><Error><Type>Sender</Type><Code>"
            + code
            + "</Code><Message>what it says</Message></Error></ErrorResponse>",
        "Content-Type: text/xml");
  }

  private Attempts attempt() {
    return anAttempt().role(ROLE).at(server.url());
  }

  @Test
  void theSessionOfTheRoleWrites() {
    assertThat(rig.send(attempt())).isInstanceOf(Outcome.Delivered.class);

    String question =
        URLDecoder.decode(
            new String(asked.getFirst().body(), StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(question.split("&"))
        .contains(
            "Action=AssumeRole",
            "RoleArn=" + ROLE,
            "ExternalId=waybill:hospital-001",
            "RoleSessionName=waybill-archive-1",
            "DurationSeconds=3600");
    assertThat(asked.getFirst().values("Authorization").getFirst())
        .contains("Credential=" + Attempts.KEY_ID + "/", "/us-east-1/sts/aws4_request");
    assertThat(written.getFirst().values("Authorization").getFirst())
        .contains("Credential=ASIA-SESSION-1/");
    assertThat(written.getFirst().values("x-amz-security-token"))
        .containsExactly("session-token-1");
  }

  @Test
  void aSessionIsKeptUntilShortlyBeforeItsEnd() {
    rig.send(attempt());
    rig.later(Duration.ofMinutes(45));
    rig.send(attempt().number(2));
    assertThat(asked).hasSize(1);

    rig.later(Duration.ofMinutes(10));
    rig.send(attempt().number(3));

    assertThat(asked).hasSize(2);
    assertThat(written.getLast().values("x-amz-security-token")).containsExactly("session-token-2");
  }

  @Test
  void noDestinationKeyOrRoleGetsAnothersSession() {
    rig.send(attempt());
    rig.send(attempt().destination("other"));
    rig.send(attempt().keys("other-key", Attempts.SECRET_KEY));
    rig.send(attempt().role(ROLE + "-2"));

    assertThat(asked).hasSize(4);
    assertThat(written)
        .extracting(request -> request.values("x-amz-security-token").getFirst())
        .containsExactly(
            "session-token-1", "session-token-2", "session-token-3", "session-token-4");
  }

  @ParameterizedTest
  @CsvSource({
    "403,AccessDenied,true,sts:ExternalId waybill:hospital-001",
    "403,InvalidClientTokenId,true,access key id",
    "403,SignatureDoesNotMatch,true,secret access key",
    "403,RegionDisabledException,true,switched off",
    "400,ValidationError,true,answered 400",
    "400,Throttling,false,slow down",
    "403,ExpiredToken,false,session is over",
    "503,ServiceUnavailable,false,not available",
    "500,WhoKnows,false,answered 500",
  })
  void aRefusedRoleWritesNothing(int status, String code, boolean forGood, String words) {
    instead = refusal(status, code);

    Outcome outcome = rig.send(attempt());

    assertThat(outcome)
        .isInstanceOf(forGood ? Outcome.Permanent.class : Outcome.Transient.class)
        .asString()
        .contains(words)
        .contains((forGood ? Reason.STORAGE_PERMANENT : Reason.STORAGE_TRANSIENT).name())
        .doesNotContain("what it says");
    assertThat(written).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<AssumeRoleResponse/>",
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
            + "</Credentials></AssumeRoleResult></AssumeRoleResponse>",
      })
  void aYesWithoutASessionIsNone(String body) {
    instead = RawServer.answer(200, body);

    assertThat(rig.send(attempt()))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.message()).contains("without a session"));
    assertThat(written).isEmpty();
  }

  @Test
  void amazonsTokenServicePassesTheGuard() {
    List<String> resolved = new CopyOnWriteArrayList<>();
    rig.allowingNothing()
        .resolver(host -> {
          resolved.add(host);
          return List.of(InetAddress.ofLiteral("169.254.169.254"));
        });

    assertThat(rig.send(anAttempt().atAmazon("eu-central-1").role(ROLE)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED));
    assertThat(resolved).containsExactly("sts.eu-central-1.amazonaws.com");
  }
}
