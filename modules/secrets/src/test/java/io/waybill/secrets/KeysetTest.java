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
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysetTest {
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final DestinationId HOOK = new DestinationId("hook");

  @TempDir Path folder;

  @Test
  void aSavedKeysetOpensWhatTheOriginalSealed() {
    Keyset original = Keyset.generate().rotated();
    Path file = folder.resolve("keyset.json");
    original.save(file);
    Keyset loaded = Keyset.load(file);

    SealedField sealed =
        new Sealer(original).seal(ACME, HOOK, Places.HERE, "f", Secret.of("value"));
    assertThat(reveal(loaded, sealed)).isEqualTo("value");
    assertThat(loaded.primaryKeyId()).isEqualTo(original.primaryKeyId());
    assertThat(new Sealer(loaded).fingerprint(ACME, Secret.of("value")))
        .isEqualTo(sealed.fingerprint());
  }

  @Test
  void theFileIsTheOwnersAloneAndNothingElseIsLeftBehind() throws IOException {
    assumePosix();
    Path file = folder.resolve("new/keyset.json");
    Keyset.generate().save(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> left = Files.list(folder.resolve("new"))) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void refusesToOverwrite() throws IOException {
    Path file = folder.resolve("keyset.json");
    Keyset.generate().save(file);
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> Keyset.generate().save(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("not overwritten");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-rw----", "rw----r--", "rw-----w-", "rw---x---"})
  void refusesAFileThatOthersCanGetAt(String mode) throws IOException {
    assumePosix();
    // Under a user who is not root a group may read what root owns; this file is the user's own.
    Path file = folder.resolve("keyset.json");
    Keyset.generate().save(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThatThrownBy(() -> Keyset.load(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("chmod 600 '" + file + "'")
        .hasMessageContaining(mode);
    assertThatThrownBy(() -> Keyset.loadOrCreateDevelopment(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("chmod 600");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertThat(Keyset.load(file)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "rw-------, false, false, true",
    "r--------, true, true, true",
    "r--r-----, true, false, true",
    "r--r-----, true, true, false",
    "r--r-----, false, false, false",
    "rw-rw----, true, false, false",
    "r--r--r--, true, false, false",
  })
  void aGroupMayReadOnlyWhatRootGaveAnotherUser(
      String mode, boolean ownedByRoot, boolean runsAsRoot, boolean accepted) {
    assertThat(
            PrivateFile.isPrivate(PosixFilePermissions.fromString(mode), ownedByRoot, runsAsRoot))
        .isEqualTo(accepted);
  }

  @Test
  void aMissingFileIsAnErrorThatSaysWhatToDo() {
    Path file = folder.resolve("absent.json");
    assertThatThrownBy(() -> Keyset.load(file))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("no keyset file at " + file)
        .hasMessageContaining("does not start")
        .hasMessageContaining("generate one");
    assertThat(file).doesNotExist();
  }

  @Test
  void aFolderIsNotAKeyset() {
    assertThatThrownBy(() -> Keyset.load(folder))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("not a keyset file");
  }

  @Test
  void theDevelopmentKeysetIsMadeOnceAndSaysSo() {
    Path file = folder.resolve("data/keyset.json");
    Keyset.DevelopmentKeyset first = Keyset.loadOrCreateDevelopment(file);
    Keyset.DevelopmentKeyset second = Keyset.loadOrCreateDevelopment(file);
    assertThat(first.created()).isTrue();
    assertThat(second.created()).isFalse();
    SealedField sealed =
        new Sealer(first.keyset()).seal(ACME, HOOK, Places.HERE, "f", Secret.of("value"));
    assertThat(reveal(second.keyset(), sealed)).isEqualTo("value");
  }

  @Test
  void aDamagedFileIsNeverReplacedByADevelopmentKeyset() throws IOException {
    Path file = write("{}");
    assertThatThrownBy(() -> Keyset.loadOrCreateDevelopment(file))
        .isInstanceOf(KeysetException.class);
    assertThat(file).hasContent("{}");
  }

  @Test
  void processesThatStartTogetherAgreeOnOneKeyset() throws Exception {
    int starters = 8;
    Path file = folder.resolve("keyset.json");
    List<Keyset.DevelopmentKeyset> results = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(starters);
    try {
      Callable<Keyset.DevelopmentKeyset> start = () -> Keyset.loadOrCreateDevelopment(file);
      for (Future<Keyset.DevelopmentKeyset> result :
          threads.invokeAll(Stream.generate(() -> start).limit(starters).toList())) {
        results.add(result.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(results).filteredOn(Keyset.DevelopmentKeyset::created).hasSize(1);
    assertThat(results.stream().map(result -> result.keyset().primaryKeyId()).distinct())
        .hasSize(1);
  }

  @Test
  void whatIsNotAKeysetIsRefusedWithoutQuotingIt() throws IOException {
    String whole = savedText();
    Set<String> keyValues = keyValues(whole);
    assertThat(keyValues).hasSize(2);
    List<String> wrong =
        List.of(
            "",
            "MARKERmarker",
            "[\"MARKERmarker\"]",
            "{\"format\":\"MARKERmarker\"}",
            whole.replace("waybill-keyset-1", "waybill-keyset-2"),
            whole.replace("\"sealing\"", "\"sealed\""),
            whole.replace("ENABLED", "DISABLED"),
            whole.replace("TINK", "RAW"),
            whole.replace("google.crypto.tink.AesGcmKey", "google.crypto.tink.AesEaxKey"),
            whole.replaceAll("\"value\": \"....", "\"value\": \"****"),
            whole.substring(0, whole.length() / 2));
    for (String text : wrong) {
      assertThat(text).isNotEqualTo(whole);
      Path file = write(text);
      assertThatThrownBy(() -> Keyset.load(file))
          .as(text)
          .isInstanceOf(KeysetException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("backup")
          .hasNoCause()
          .satisfies(error ->
              assertThat(error.getMessage())
                  .doesNotContain("MARKERmarker")
                  .doesNotContain(keyValues));
    }
  }

  @Test
  void aDisabledKeyOpensNothingUntilItIsEnabledAgain() throws IOException {
    Keyset first = Keyset.generate();
    SealedField old = new Sealer(first).seal(ACME, HOOK, Places.HERE, "f", Secret.of("value"));
    Path file = folder.resolve("rotated.json");
    first.rotated().save(file);
    String text = Files.readString(file);
    // The first entry of the sealing keyset is the old key.
    Path disabled = write(text.replaceFirst("ENABLED", "DISABLED"));

    assertThat(open(Keyset.load(disabled), old)).isInstanceOf(Opening.KeyUnavailable.class);
    assertThat(reveal(Keyset.load(file), old)).isEqualTo("value");
  }

  @Test
  void printsNoKey() throws IOException {
    Path file = write(savedText());
    Keyset keyset = Keyset.load(file);
    assertThat(keyset).hasToString("Keyset[primary " + keyset.primaryKeyId() + ", 1 sealing keys]");
    assertThat(keyset.toString()).doesNotContain(keyValues(Files.readString(file)));
  }

  private String savedText() throws IOException {
    Path file = folder.resolve("whole.json");
    Keyset.generate().save(file);
    return Files.readString(file);
  }

  private static Set<String> keyValues(String text) {
    Matcher values = Pattern.compile("\"value\": \"([^\"]+)\"").matcher(text);
    return values.results().map(match -> match.group(1)).collect(Collectors.toSet());
  }

  private Path write(String text) throws IOException {
    Path file = folder.resolve("written.json");
    Files.writeString(file, text);
    if (isPosix()) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    return file;
  }

  private static Opening open(Keyset keyset, SealedField field) {
    return new Opener(keyset)
        .open(new DestinationSecrets(HOOK, ACME, 1, List.of(field)), Places.HERE);
  }

  private static String reveal(Keyset keyset, SealedField field) {
    Secret secret = ((Opening.Opened) open(keyset, field)).secrets().get(field.name());
    assertThat(secret).isNotNull();
    return secret.reveal();
  }

  private void assumePosix() throws IOException {
    assumeTrue(isPosix(), "no POSIX permissions here");
  }

  private boolean isPosix() throws IOException {
    return Files.getFileStore(folder).supportsFileAttributeView("posix");
  }
}
