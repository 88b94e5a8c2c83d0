package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.channel.Attempt;
import io.waybill.domain.Outcome;
import io.waybill.domain.StorageConfig.Retention.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only what this destination wrote, only what says so, only when its day has come. */
class CleanUpTest {
  private static final Duration ELEVEN_DAYS = Duration.ofDays(11);

  private final Rig rig = new Rig();
  private final FakeS3 store = new FakeS3();
  private final RawServer server = rig.serve(RawServer.on(store));
  private final List<String> told = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final CleanUpWatcher watcher =
      new CleanUpWatcher() {
        @Override
        public void due(String key, Instant removableAfter) {
          assertThat(store.objects).as("told before it is removed").containsKey(key);
          told.add(key);
        }

        @Override
        public void unfinished(String key, Instant begunAt) {
          assertThat(store.uploads.values())
              .as("told before it is aborted")
              .extracting(FakeS3.Begun::key, FakeS3.Begun::at)
              .contains(tuple(key, begunAt));
          told.add("upload " + key);
        }

        @Override
        public void failed(String key, String why) {
          failures.add(key + " " + why);
        }
      };

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private Attempts attempt() {
    return anAttempt().kept(10, true, Mode.CLEAN_UP).at(server.url());
  }

  private String write(Attempts attempt) {
    assertThat(rig.send(attempt)).isInstanceOf(Outcome.Delivered.class);
    return attempt.key();
  }

  private CleanUpReport cleanUp(Attempts attempts, boolean deletes) {
    Attempt attempt = attempts.build();
    return rig.channel().cleanUp(attempt.destination(), attempt.secrets(), deletes, watcher);
  }

  @Test
  void removesWhatIsPastItsDay() {
    String old = write(attempt());
    rig.later(Duration.ofDays(5));
    String young = write(attempt().delivery(UUID.randomUUID().toString()));
    rig.later(Duration.ofDays(6));

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(1, 1, 0, 0, 0, 0));

    assertThat(store.objects).containsOnlyKeys(young);
    assertThat(told).containsExactly(old);
  }

  @Test
  void aDryRunRemovesNothing() {
    String old = write(attempt());
    rig.later(ELEVEN_DAYS);

    assertThat(cleanUp(attempt(), false)).isEqualTo(new CleanUpReport(1, 0, 0, 0, 0, 0));

    assertThat(told).containsExactly(old);
    assertThat(store.objects).containsOnlyKeys(old);
    assertThat(server.requests()).noneMatch(request -> FakeS3.is(request, "DELETE", ""));
  }

  @Test
  void leavesAloneWhatItDidNotWrite() {
    String ours = write(attempt());
    FakeS3.Kept kept = store.objects.get(ours);
    String folder = ours.substring(0, ours.lastIndexOf('/') + 1);
    Map<String, FakeS3.Kept> others = new ConcurrentHashMap<>();
    // Another destination of the organization, in the same folder.
    others.put(attempt().destination("other").key(), kept);
    // A copy under another name, something else, and what is outside the folder.
    others.put(folder + "copy-of-" + ours.substring(folder.length()), kept);
    others.put(folder + "report.json", kept);
    store.objects.putAll(others);
    String outside = "elsewhere/" + ours.substring(folder.length());
    store.objects.put(outside, kept);
    rig.later(ELEVEN_DAYS);

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(1, 0, 0, 3, 0, 0));

    assertThat(store.objects).containsKey(outside).doesNotContainKey(ours);
    assertThat(store.objects).containsKeys(others.keySet().toArray(String[]::new));
  }

  @Test
  void leavesAloneWhatIsOutsideWhateverTheStoreLists() {
    String ours = write(attempt().path("/elsewhere/"));
    rig.later(ELEVEN_DAYS);
    store.ignoringPrefixes();

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(0, 0, 0, 0, 0, 0));

    assertThat(store.objects).containsOnlyKeys(ours);
  }

  @Test
  void leavesAloneWhatSaysNothingOfItsDay() {
    String unmarked = write(anAttempt().at(server.url()));
    rig.later(Duration.ofDays(10_000));

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(0, 0, 0, 1, 0, 0));

    assertThat(store.objects).containsOnlyKeys(unmarked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-amz-object-lock-legal-hold: ON",
        "x-amz-object-lock-mode: COMPLIANCE|x-amz-object-lock-retain-until-date:"
            + " 2099-01-01T00:00:00Z",
        "x-amz-object-lock-mode: GOVERNANCE|x-amz-object-lock-retain-until-date: someday",
        "x-amz-object-lock-mode: GOVERNANCE",
      })
  void leavesAloneWhatIsHeld(String headers) {
    write(attempt());
    rig.later(ELEVEN_DAYS);
    store.saying(headers.split("\\|"));

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(0, 0, 1, 0, 0, 0));

    assertThat(store.objects).hasSize(1);
  }

  @Test
  void removesTheVersionThatItLookedAt() {
    write(attempt());
    rig.later(ELEVEN_DAYS);
    store.saying(
        "x-amz-version-id: v-7",
        "x-amz-object-lock-mode: GOVERNANCE",
        "x-amz-object-lock-retain-until-date: 2026-03-11T11:15:30.000Z");

    assertThat(cleanUp(attempt(), true).removed()).isEqualTo(1);

    assertThat(server.requests()).anyMatch(it -> FakeS3.is(it, "DELETE", "versionId=v-7"));
    assertThat(server.requests().toString()).doesNotContainIgnoringCase("bypass");
  }

  @Test
  void aRefusalIsToldAndTheRestGoesOn() {
    String first = write(attempt());
    write(attempt().delivery("ffffffff-0000-4000-8000-000000000002"));
    rig.later(ELEVEN_DAYS);
    store.failing(request ->
        FakeS3.is(request, "DELETE", first.substring(first.lastIndexOf('/')))
            ? Optional.of(RawServer.error(403, "AccessDenied"))
            : Optional.empty());

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(1, 0, 0, 0, 1, 0));

    assertThat(store.objects).containsOnlyKeys(first);
    assertThat(failures)
        .singleElement()
        .asString()
        .contains(first, "AccessDenied")
        .doesNotContain("what the store says");
  }

  @Test
  void looksThroughAllPages() {
    for (int i = 0; i < 95; i++) {
      write(attempt().delivery(UUID.randomUUID().toString()));
    }
    rig.later(ELEVEN_DAYS);

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(95, 0, 0, 0, 0, 0));
    assertThat(store.objects).isEmpty();
  }

  /** F38: what a killed sender left of a task that was never tried again. */
  @Test
  void f38UploadsThatNobodyEndedAreAborted() {
    String name = attempt().key().substring(attempt().key().lastIndexOf('/') + 1);
    store.uploads.put("ours", FakeS3.Begun.empty(attempt().key(), rig.now()));
    store.uploads.put(
        "other's", FakeS3.Begun.empty(attempt().destination("other").key(), rig.now()));
    store.uploads.put("outside", FakeS3.Begun.empty("elsewhere/" + name, rig.now()));
    rig.later(Duration.ofDays(1));
    store.uploads.put(
        "under way",
        FakeS3.Begun.empty(
            attempt().delivery(UUID.randomUUID().toString()).key(), rig.now().minusSeconds(60)));
    store.ignoringPrefixes();

    assertThat(cleanUp(attempt(), false)).isEqualTo(new CleanUpReport(0, 0, 0, 0, 0, 1));
    assertThat(store.uploads).as("a dry run").hasSize(4);

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(0, 0, 0, 0, 0, 1));
    assertThat(store.uploads).containsOnlyKeys("other's", "outside", "under way");
    assertThat(told).containsOnly("upload " + attempt().key());
  }

  @ParameterizedTest
  @CsvSource({"403,AccessDenied", "501,NotImplemented"})
  void whoMayNotSeeUploadsCleansUpAllTheSame(int status, String code) {
    write(attempt());
    rig.later(ELEVEN_DAYS);
    store.failing(request ->
        FakeS3.is(request, "GET", "uploads")
            ? Optional.of(RawServer.error(status, code))
            : Optional.empty());

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(1, 0, 0, 0, 0, 0));
  }

  @Test
  void anUploadThatIsLeftIsTold() {
    store.uploads.put("ours", FakeS3.Begun.empty(attempt().key(), rig.now()));
    rig.later(ELEVEN_DAYS);
    store.failing(request ->
        FakeS3.is(request, "DELETE", "uploadId")
            ? Optional.of(RawServer.error(403, "AccessDenied"))
            : Optional.empty());

    assertThat(cleanUp(attempt(), true)).isEqualTo(new CleanUpReport(0, 0, 0, 0, 1, 0));
    assertThat(failures).singleElement().asString().contains(attempt().key(), "AccessDenied");
  }

  @Test
  void aStoreThatFallsSilentEndsItAndWhatIsNotKnownIsTold() {
    String key = write(attempt());
    rig.later(ELEVEN_DAYS);
    store.failing(request -> FakeS3.is(request, "DELETE", "") ? Optional.of("") : Optional.empty());

    assertThatThrownBy(() -> cleanUp(attempt().timeout(Duration.ofSeconds(3)), true))
        .isInstanceOf(CleanUpException.class)
        .hasMessageContaining("127.0.0.1 did not answer within 3000 ms");
    assertThat(failures).singleElement().asString().contains(key, "nobody knows");
  }

  @Test
  void isOffUnlessItsOwnerWantsIt() {
    assertThatThrownBy(() -> cleanUp(attempt().kept(10, false, Mode.AUTO), true))
        .isInstanceOf(CleanUpException.class)
        .hasMessageContaining("autoCleanup is off");
    assertThatThrownBy(() -> cleanUp(anAttempt().at(server.url()), true))
        .isInstanceOf(CleanUpException.class)
        .hasMessageContaining("autoCleanup is off");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void saysWhyItCannotBegin() {
    store.failing(request -> Optional.of(RawServer.error(403, "AccessDenied")));

    assertThatThrownBy(() -> cleanUp(attempt(), true))
        .isInstanceOf(CleanUpException.class)
        .hasMessageContaining("s3:ListBucket")
        .hasMessageNotContaining("what the store says");
  }
}
