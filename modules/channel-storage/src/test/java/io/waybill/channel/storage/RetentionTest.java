package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig.Retention.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is called retention is kept by the store, or nothing is written. */
class RetentionTest {
  private static final String MODE = "x-amz-object-lock-mode";
  private static final String UNTIL = "x-amz-object-lock-retain-until-date";
  private static final String DELETE_AFTER = "x-amz-meta-waybill-delete-after";

  /** The rig's time is an hour after the delivery's. */
  private static final String TEN_DAYS_LATER = "2026-03-11T11:15:30Z";

  private final Rig rig = new Rig();
  private final FakeS3 store = new FakeS3();
  private final RawServer server = rig.serve(RawServer.on(store));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private Outcome send(Attempts attempt) {
    return rig.send(attempt.at(server.url()));
  }

  private RawServer.Seen written(Attempts attempt) {
    assertThat(send(attempt)).isInstanceOf(Outcome.Delivered.class);
    return store.objects.get(attempt.key()).said();
  }

  private void refused(Outcome outcome, String words) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.STORAGE_PERMANENT);
              assertThat(failed.message()).contains(words);
            });
    assertThat(store.objects).isEmpty();
    assertThat(server.requests()).noneMatch(request -> request.requestLine().startsWith("PUT"));
  }

  @DisplayName("row 49: is kept by the lock until the days are over")
  @ParameterizedTest
  @CsvSource({
    "GOVERNANCE,,GOVERNANCE",
    "GOVERNANCE,COMPLIANCE,GOVERNANCE",
    "COMPLIANCE,,COMPLIANCE",
    "AUTO,,GOVERNANCE",
    "AUTO,GOVERNANCE,GOVERNANCE",
    "AUTO,COMPLIANCE,COMPLIANCE",
  })
  void isKeptByTheLockUntilTheDaysAreOver(Mode mode, String ofTheBucket, String lock) {
    store.locking(ofTheBucket);

    RawServer.Seen request = written(anAttempt().kept(10, false, mode));

    assertThat(request.values(MODE)).containsExactly(lock);
    assertThat(request.values(UNTIL)).containsExactly(TEN_DAYS_LATER);
    assertThat(request.values(DELETE_AFTER)).isEmpty();
    assertThat(request.values("Authorization").getFirst()).contains(MODE, UNTIL);
  }

  @Test
  void saysWhenItMayBeRemoved() {
    store.locking(null);

    RawServer.Seen request = written(anAttempt().kept(10, true, Mode.AUTO));

    assertThat(request.values(MODE)).containsExactly("GOVERNANCE");
    assertThat(request.values(DELETE_AFTER)).containsExactly(TEN_DAYS_LATER);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"GOVERNANCE", "COMPLIANCE"})
  void aBucketWithoutALockGetsNothing(Mode mode) {
    refused(send(anAttempt().kept(10, true, mode)), "no Object Lock");
  }

  @Test
  void norDoesItGetWhatNobodyWouldRemove() {
    refused(send(anAttempt().kept(10, false, Mode.AUTO)), "retention.mode \"clean-up\"");
  }

  @Test
  void whatMayBeRemovedIsMarkedWhereThereIsNoLock() {
    RawServer.Seen request = written(anAttempt().kept(10, true, Mode.AUTO));

    assertThat(request.values(DELETE_AFTER)).containsExactly(TEN_DAYS_LATER);
    assertThat(request.values(MODE)).isEmpty();
    assertThat(request.values(UNTIL)).isEmpty();
  }

  @Test
  void aMarkAloneAsksNobody() {
    store.locking("COMPLIANCE");

    RawServer.Seen request = written(anAttempt().kept(10, true, Mode.CLEAN_UP));

    assertThat(request.values(DELETE_AFTER)).containsExactly(TEN_DAYS_LATER);
    assertThat(request.values(MODE)).isEmpty();
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void withoutRetentionNothingIsAskedOrSaid() {
    RawServer.Seen request = written(anAttempt());

    assertThat(request.head()).doesNotContainIgnoringCase("object-lock", "delete-after", "tagging");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void asksOnceForAWhileAndNoticesALockThatWasSwitchedOn() {
    written(anAttempt().kept(10, true, Mode.AUTO));
    store.locking(null);
    String second = "00000000-0000-4000-8000-000000000002";
    String third = "00000000-0000-4000-8000-000000000003";

    RawServer.Seen soon = written(anAttempt().delivery(second).kept(10, true, Mode.AUTO));
    rig.later(Duration.ofMinutes(6));
    RawServer.Seen later = written(anAttempt().delivery(third).kept(10, true, Mode.AUTO));

    assertThat(soon.values(MODE)).isEmpty();
    assertThat(later.values(MODE)).containsExactly("GOVERNANCE");
    assertThat(server.requests())
        .filteredOn(request -> request.requestLine().startsWith("GET /archive?object-lock"))
        .hasSize(2);
  }

  @Test
  void noDestinationLearnsFromAnother() {
    store.locking(null);

    written(anAttempt().destination("one").kept(10, false, Mode.AUTO));
    written(anAttempt().destination("other").kept(10, false, Mode.AUTO));

    assertThat(server.requests()).filteredOn(request -> FakeS3.is(request, "GET", "")).hasSize(2);
  }

  @Test
  void whoMayNotSeeTheLockIsTold() {
    store.failing(request ->
        FakeS3.is(request, "GET", "object-lock")
            ? Optional.of(RawServer.error(403, "AccessDenied"))
            : Optional.empty());

    refused(send(anAttempt().kept(10, true, Mode.AUTO)), "s3:GetBucketObjectLockConfiguration");
  }

  @Test
  void aStoreThatDoesNotKnowLocksHasNone() {
    store.failing(request ->
        FakeS3.is(request, "GET", "object-lock")
            ? Optional.of(RawServer.error(501, "NotImplemented"))
            : Optional.empty());

    refused(send(anAttempt().kept(10, true, Mode.COMPLIANCE)), "no Object Lock");
    assertThat(written(anAttempt().destination("b").kept(10, true, Mode.AUTO)).values(DELETE_AFTER))
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "<ObjectLockConfiguration>", "\u0000", "<ListBucketResult/>"})
  void anAnswerThatSaysNothingIsNoLock(String body) {
    store.failing(request ->
        FakeS3.is(request, "GET", "object-lock")
            ? Optional.of(RawServer.answer(200, body))
            : Optional.empty());

    Outcome outcome = send(anAttempt().kept(10, false, Mode.AUTO));

    assertThat(outcome).isNotInstanceOf(Outcome.Delivered.class);
    assertThat(outcome.toString()).doesNotContain("CHANNEL_ERROR").contains("Object Lock");
    assertThat(store.objects).isEmpty();
  }

  /** What a store answers that does not know the question, with more objects than are read. */
  @Test
  void aLongListingIsNoAnswerAndSaysWhatToDo() {
    String listing =
        "<ListBucketResult>"
            + "<Contents><Key>some-key</Key></Contents>".repeat(3000)
            + "</ListBucketResult>";
    store.failing(request ->
        FakeS3.is(request, "GET", "object-lock")
            ? Optional.of(RawServer.answer(200, listing))
            : Optional.empty());

    assertThat(send(anAttempt().kept(10, true, Mode.AUTO)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.PROTOCOL_ERROR);
              assertThat(failed.message()).contains("retention.mode \"clean-up\"");
            });
    assertThat(store.objects).isEmpty();
    assertThat(send(anAttempt().kept(10, true, Mode.CLEAN_UP)))
        .isInstanceOf(Outcome.Delivered.class);
  }

  @Test
  void aStoreInTroubleIsAskedAgainLater() {
    store
        .locking(null)
        .failing(request ->
            FakeS3.is(request, "GET", "object-lock")
                ? Optional.of(RawServer.error(503, "SlowDown"))
                : Optional.empty());

    assertThat(send(anAttempt().kept(10, true, Mode.AUTO)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.STORAGE_TRANSIENT));
    assertThat(store.objects).isEmpty();
    store.failing(request -> Optional.empty());
    assertThat(written(anAttempt().kept(10, true, Mode.AUTO)).values(MODE)).isNotEmpty();
  }

  @Test
  void aLargeObjectIsKeptAsWell() {
    store.locking("COMPLIANCE");
    rig.inPartsFrom(1, FakeS3.PART_SIZE);

    RawServer.Seen request =
        written(
            anAttempt().kms("alias/audit").kept(10, true, Mode.AUTO).tags(Map.of("class", "phi")));

    assertThat(request.requestLine()).startsWith("POST").contains("uploads");
    assertThat(request.values(MODE)).containsExactly("COMPLIANCE");
    assertThat(request.values(UNTIL)).containsExactly(TEN_DAYS_LATER);
    assertThat(request.values(DELETE_AFTER)).containsExactly(TEN_DAYS_LATER);
    assertThat(request.values("x-amz-tagging")).containsExactly("class=phi");
    assertThat(request.values("x-amz-server-side-encryption")).containsExactly("aws:kms");
    assertThat(request.values("x-amz-server-side-encryption-aws-kms-key-id"))
        .containsExactly("alias/audit");
    assertThat(request.values("x-amz-storage-class")).containsExactly("STANDARD_IA");
  }

  @Test
  void tagsAreWrittenWithTheObject() {
    RawServer.Seen request =
        written(anAttempt().tags(Map.of("data class", "phi & more".replace(" & ", "+"), "a", "1")));

    assertThat(request.values("x-amz-tagging")).isEqualTo(List.of("a=1&data%20class=phi%2Bmore"));
  }
}
