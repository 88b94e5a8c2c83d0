package io.waybill.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys change while processes run, and may themselves be wrapped by a service. */
class RotationTest {
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final DestinationId HOOK = new DestinationId("hook");
  private static final String FIELD = "webhook.headers.authorization";

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private final List<String> problems = new ArrayList<>();

  @AfterEach
  void reachTheService() {
    TestKms.REACHABLE.set(true);
  }

  @Test
  void aRunningProcessOpensWhatANewKeySealed() {
    Path file = saved();
    SealedField old = seal(Keyset.load(file), "before");
    Opener running = watching(file);

    Keyset rotated = Keyset.rotate(file);
    passLookInterval();

    assertThat(rotated.keyIds()).hasSize(2);
    assertThat(seal(rotated, "x").ciphertext()).isNotEqualTo(old.ciphertext());
    assertThat(open(running, seal(rotated, "after"))).isEqualTo("after");
    assertThat(open(running, old)).isEqualTo("before");
    assertThat(problems).isEmpty();
  }

  @Test
  void aKeyThatIsNotKnownIsLookedForAtOnceButNotTooOften() {
    Path file = saved();
    Opener running = watching(file);
    Keyset first = Keyset.rotate(file);
    nanos.addAndGet(WatchedFile.LOOK_FOR_MORE_EVERY.toNanos());
    assertThat(open(running, seal(first, "v"))).isEqualTo("v");

    Keyset second = Keyset.rotate(file);
    assertThat(running.open(secrets(seal(second, "v")), Places.HERE))
        .as("another look in the same moment")
        .isInstanceOf(Opening.KeyUnavailable.class);
    nanos.addAndGet(WatchedFile.LOOK_FOR_MORE_EVERY.toNanos());
    assertThat(open(running, seal(second, "v"))).isEqualTo("v");
  }

  @Test
  void aLookThatHangsHoldsUpNobody() {
    Path file = saved();
    List<Runnable> hanging = new ArrayList<>();
    Opener running =
        Opener.watching(
            new WatchedFile<>(file, Keyset::load, problems::add, hanging::add, nanos::get));
    SealedField old = seal(Keyset.load(file), "before");
    Keyset rotated = Keyset.rotate(file);
    for (int i = 0; i < 3; i++) {
      passLookInterval();
      assertThat(open(running, old)).isEqualTo("before");
      assertThat(running.open(secrets(seal(rotated, "v")), Places.HERE))
          .isInstanceOf(Opening.KeyUnavailable.class);
    }
    assertThat(hanging).as("one look at a time").hasSize(1);

    hanging.get(0).run();

    assertThat(open(running, seal(rotated, "after"))).isEqualTo("after");
  }

  @Test
  void aFileThatWentBadChangesNothingAndIsToldOfOnce() throws IOException {
    Path file = saved();
    SealedField sealed = seal(Keyset.load(file), "v");
    Opener running = watching(file);
    Files.writeString(file, "MARKERmarker");
    for (int i = 0; i < 3; i++) {
      passLookInterval();
      assertThat(open(running, sealed)).isEqualTo("v");
    }
    assertThat(problems)
        .singleElement()
        .satisfies(text -> assertThat(text).contains("backup").doesNotContain("MARKERmarker"));

    Files.delete(file);
    passLookInterval();
    assertThat(open(running, sealed)).isEqualTo("v");
    assertThat(problems).hasSize(2);
    assertThat(problems.get(1)).contains("there is no keyset file");
  }

  @Test
  void thereIsNoStartWithoutAKeyset() {
    assertThatThrownBy(
            () -> Opener.watching(folder.resolve("absent.json"), problems::add, Runnable::run))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("does not start")
        .hasMessageContaining("waybill keys init");
  }

  @Test
  void rotationKeepsTheModeAndLeavesNothingBehind() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path file = saved();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

    Keyset.rotate(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("r--------");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactlyInAnyOrder(file, folder.resolve(".keyset.json.lock"));
    }
  }

  @Test
  void rotationsDoNotLoseEachOthersKeys() {
    Path file = saved();
    List<String> ids = new ArrayList<>(Keyset.load(file).keyIds());
    for (int i = 0; i < 5; i++) {
      ids.add(Keyset.rotate(file).primaryKeyId());
    }
    assertThat(Keyset.load(file).keyIds()).isEqualTo(ids);
  }

  @Test
  void aLinkIsNotReplacedByAFile() throws IOException {
    Path file = saved();
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);
    assertThatThrownBy(() -> Keyset.rotate(link))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("is a link");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void resealingMovesAValueToThePrimaryKey() throws IOException {
    Path file = saved();
    SealedField old = seal(Keyset.load(file), "value");
    Keyset rotated = Keyset.rotate(file);
    Resealer resealer = new Resealer(rotated);

    SealedField resealed = resealer.reseal(ACME, HOOK, Places.HERE, old).orElseThrow();

    assertThat(resealer.isCurrent(old)).isFalse();
    assertThat(resealer.isCurrent(resealed)).isTrue();
    assertThat(resealed.fingerprint()).isEqualTo(old.fingerprint());
    // The old key can go: here it is disabled, as the first entry of the sealing keys.
    String text = Files.readString(file);
    Path without = folder.resolve("without.json");
    Keyset.generate().save(without);
    Files.writeString(without, text.replaceFirst("ENABLED", "DISABLED"));
    Opener later = new Opener(Keyset.load(without));
    assertThat(open(later, resealed)).isEqualTo("value");
    assertThat(later.open(secrets(old), Places.HERE)).isInstanceOf(Opening.KeyUnavailable.class);
  }

  @Test
  void resealingLeavesAloneWhatIsCurrentOrCannotBeOpened() {
    Keyset keyset = Keyset.generate();
    SealedField current = seal(keyset, "value");
    Resealer resealer = new Resealer(keyset);
    assertThat(resealer.reseal(ACME, HOOK, Places.HERE, current)).contains(current);
    assertThat(resealer.reseal(ACME, HOOK, Places.HERE, seal(Keyset.generate(), "value")))
        .isEmpty();
    Keyset rotated = keyset.rotated();
    assertThat(new Resealer(rotated).reseal(ACME, new DestinationId("other"), Places.HERE, current))
        .isEmpty();
  }

  @Test
  void aWrappedKeysetIsOpenedByTheServiceAndHoldsNoKeyInClear() throws IOException {
    Path file = folder.resolve("keyset.json");
    Keyset made = Keyset.generate();
    made.saveWrapped(file, TestKms.KEY_URI);

    assertThat(Files.readString(file))
        .contains(TestKms.KEY_URI)
        .doesNotContain("keyData", "sealing", made.primaryKeyId());
    assertThat(open(new Opener(Keyset.load(file)), seal(made, "v"))).isEqualTo("v");

    Keyset rotated = Keyset.rotate(file);
    assertThat(Files.readString(file)).contains(TestKms.KEY_URI).doesNotContain("keyData");
    assertThat(Keyset.load(file).keyIds()).isEqualTo(rotated.keyIds());
  }

  @Test
  void theServiceIsAskedWhenTheFileIsReadAndNeverPerSeal() {
    Path file = folder.resolve("keyset.json");
    Keyset made = Keyset.generate();
    made.saveWrapped(file, TestKms.KEY_URI);
    Opener running = watching(file);
    int asked = TestKms.ASKED.get();
    TestKms.REACHABLE.set(false);
    for (int i = 0; i < 10; i++) {
      passLookInterval();
      assertThat(open(running, seal(made, "v"))).isEqualTo("v");
    }
    assertThat(TestKms.ASKED).hasValue(asked);
  }

  @Test
  void aServiceOutOfReachOrUnknownSaysSoWithoutItsOwnWords() {
    Path file = folder.resolve("keyset.json");
    Keyset.generate().saveWrapped(file, TestKms.KEY_URI);
    TestKms.REACHABLE.set(false);
    assertThatThrownBy(() -> Keyset.load(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(TestKms.KEY_URI)
        .hasMessageContaining("can be reached")
        .hasNoCause()
        .satisfies(error -> assertThat(error.getMessage()).doesNotContain("MARKERmarker"));
    assertThatThrownBy(
            () -> Keyset.generate().saveWrapped(folder.resolve("k.json"), "aws-kms://arn"))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("KmsClient");
  }

  private Path saved() {
    Path file = folder.resolve("keyset.json");
    Keyset.generate().save(file);
    return file;
  }

  private Opener watching(Path file) {
    return Opener.watching(
        new WatchedFile<>(file, Keyset::load, problems::add, Runnable::run, nanos::get));
  }

  private void passLookInterval() {
    nanos.addAndGet(WatchedFile.LOOK_EVERY.toNanos());
  }

  private static SealedField seal(Keyset keyset, String value) {
    return new Sealer(keyset).seal(ACME, HOOK, Places.HERE, FIELD, Secret.of(value));
  }

  private static DestinationSecrets secrets(SealedField field) {
    return new DestinationSecrets(HOOK, ACME, 1, List.of(field));
  }

  private static String open(Opener opener, SealedField field) {
    Opening opening = opener.open(secrets(field), Places.HERE);
    assertThat(opening).isInstanceOf(Opening.Opened.class);
    return ((Opening.Opened) opening).secrets().get(FIELD).reveal();
  }
}
