package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large objects: whole or not there, and nothing left behind. */
class MultipartTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Rig rig = small(new Rig());
  private final FakeS3 store = new FakeS3();
  private final RawServer server = rig.serve(RawServer.on(store));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  static Rig small(Rig rig) {
    return rig.inPartsFrom(2 * FakeS3.PART_SIZE, FakeS3.PART_SIZE);
  }

  /** Two parts and a bit; the same bytes in every process. */
  static byte[] large() {
    return random(2 * FakeS3.PART_SIZE + 1000);
  }

  static byte[] random(int size) {
    byte[] data = new byte[size];
    new Random(7).nextBytes(data);
    return data;
  }

  private Attempts attempt() {
    return anAttempt().data(large()).at(server.url());
  }

  private List<String> requests() {
    return server.requests().stream()
        .map(request -> request.requestLine().replaceAll(" HTTP/1.1$|/[^ ?]*/[^ ?]*", ""))
        .toList();
  }

  private void isThere(Attempts attempt) {
    assertThat(store.objects.get(attempt.key()).content()).isEqualTo(large());
    assertThat(store.uploads).isEmpty();
  }

  @Test
  void isWrittenInPartsAndSeenWhole() {
    Attempts attempt = attempt();

    assertThat(rig.send(attempt))
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered ->
                assertThat(delivered.externalReference())
                    .contains("s3://archive/" + attempt.key()));

    isThere(attempt);
    assertThat(requests())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("HEAD"),
            line -> assertThat(line).startsWith("GET").contains("uploads"),
            line -> assertThat(line).startsWith("POST").contains("uploads"),
            line -> assertThat(line).startsWith("PUT").contains("partNumber=1"),
            line -> assertThat(line).startsWith("PUT").contains("partNumber=2"),
            line -> assertThat(line).startsWith("PUT").contains("partNumber=3"),
            line -> assertThat(line).startsWith("POST").contains("uploadId="));
    RawServer.Seen last = server.requests().getLast();
    assertThat(last.values("If-None-Match")).containsExactly("*");
    assertThat(server.requests())
        .allSatisfy(request -> assertThat(request.values("Host")).hasSize(1))
        .filteredOn(request -> request.requestLine().startsWith("PUT"))
        .allSatisfy(request -> {
          assertThat(request.body()).hasSizeLessThanOrEqualTo(FakeS3.PART_SIZE);
          assertThat(request.values("x-amz-checksum-sha256")).hasSize(1);
        });
  }

  @Test
  void aRepeatedAttemptSendsNothingAgain() {
    rig.send(attempt());
    int before = server.requests().size();

    assertThat(rig.send(attempt().number(2))).isInstanceOf(Outcome.Delivered.class);

    assertThat(server.requests().subList(before, server.requests().size()))
        .singleElement()
        .satisfies(request -> assertThat(request.requestLine()).startsWith("HEAD"));
  }

  @Test
  void anotherObjectIsNeverOverwritten() {
    rig.send(attempt());
    byte[] other = large();
    other[FakeS3.PART_SIZE + 1] ^= 1;

    assertThat(rig.send(attempt().data(other)))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.STORAGE_CONFLICT));
    isThere(attempt());
  }

  /** F39: who was second is told by the condition at the end, where nobody may look before. */
  @Test
  void f39TheConditionAtTheEndDecides() {
    rig.send(attempt());
    store.failing(once("HEAD", "", RawServer.answer(403, "")));

    assertThat(rig.send(attempt().number(2)))
        .isInstanceOfSatisfying(
            Outcome.Delivered.class, delivered -> assertThat(delivered.answer()).isEqualTo("412"));
    isThere(attempt());
  }

  private java.util.function.Function<RawServer.Seen, Optional<String>> once(
      String method, String query, String answer) {
    java.util.concurrent.atomic.AtomicBoolean done =
        new java.util.concurrent.atomic.AtomicBoolean();
    return request ->
        FakeS3.is(request, method, query) && done.compareAndSet(false, true)
            ? Optional.of(answer)
            : Optional.empty();
  }

  /** F37, for each request of an upload. */
  @ParameterizedTest
  @CsvSource({
    "HEAD,'',503,SlowDown",
    "GET,uploads,503,SlowDown",
    "POST,uploads,503,SlowDown",
    "PUT,partNumber=2,503,SlowDown",
    "PUT,partNumber=1,500,InternalError",
    "PUT,partNumber=2,400,RequestTimeout",
    "PUT,partNumber=3,404,NoSuchUpload",
    "POST,uploadId,503,SlowDown",
    "POST,uploadId,409,ConditionalRequestConflict",
    "POST,uploadId,200,InternalError",
    "PUT,partNumber=2,200,InternalError",
  })
  void f37WhatFailsIsAbortedAndTriedAgain(String method, String query, int status, String code) {
    store.failing(
        once(
            method,
            query,
            method.equals("HEAD") ? RawServer.answer(status, "") : RawServer.error(status, code)));

    assertThat(rig.send(attempt()))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.STORAGE_TRANSIENT));
    assertThat(store.objects).isEmpty();
    assertThat(store.uploads).as("aborted").isEmpty();

    assertThat(rig.send(attempt().number(2))).isInstanceOf(Outcome.Delivered.class);
    isThere(attempt());
  }

  @ParameterizedTest
  @CsvSource({"POST,uploads,403,AccessDenied", "PUT,partNumber=2,403,AccessDenied"})
  void whatIsRefusedForGoodIsAbortedToo(String method, String query, int status, String code) {
    store.failing(once(method, query, RawServer.error(status, code)));

    assertThat(rig.send(attempt())).isInstanceOf(Outcome.Permanent.class);
    assertThat(store.uploads).isEmpty();
  }

  @Test
  void whoMayNotSeeUploadsWritesAllTheSame() {
    store.failing(request ->
        FakeS3.is(request, "GET", "uploads")
            ? Optional.of(RawServer.error(403, "AccessDenied"))
            : Optional.empty());

    assertThat(rig.send(attempt())).isInstanceOf(Outcome.Delivered.class);
    isThere(attempt());
  }

  @Test
  void itsDeadlineAbortsIt() {
    store.failing(
        request -> FakeS3.is(request, "PUT", "partNumber=2") ? Optional.of("") : Optional.empty());

    Outcome outcome = rig.send(attempt().timeout(Duration.ofSeconds(3)));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT));
    await().atMost(SOON).until(store.uploads::isEmpty);
    assertThat(store.objects).isEmpty();
  }

  /** F38: a sender is killed in the middle, and the next attempt leaves nothing of it. */
  @Test
  void f38AKilledUploadIsAbortedByTheNextAttempt() throws Exception {
    store.failing(
        request -> FakeS3.is(request, "PUT", "partNumber=2") ? Optional.of("") : Optional.empty());
    Process sender =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path").replace(":", File.pathSeparator),
                KilledSender.class.getName(),
                server.url())
            .inheritIO()
            .start();
    try {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() ->
              server.requests().stream()
                  .anyMatch(request -> FakeS3.is(request, "PUT", "partNumber=2")));
    } finally {
      sender.destroyForcibly().waitFor();
    }
    assertThat(store.objects).as("nothing is seen before it is whole").isEmpty();
    assertThat(store.uploads).as("what the killed sender left").hasSize(1);
    String orphan = store.uploads.keySet().iterator().next();
    store.failing(request -> Optional.empty());

    assertThat(rig.send(attempt())).isInstanceOf(Outcome.Delivered.class);

    isThere(attempt());
    assertThat(server.requests())
        .anyMatch(request -> FakeS3.is(request, "DELETE", "uploadId=" + orphan));
  }

  @Test
  void uploadsOfOthersAreLeftAlone() {
    store.uploads.put("foreign", FakeS3.Begun.empty(attempt().key() + ".bak", rig.now()));

    assertThat(rig.send(attempt())).isInstanceOf(Outcome.Delivered.class);
    assertThat(store.uploads).containsOnlyKeys("foreign");
  }
}
