package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files below a folder of the operator's: whole, once, and nowhere else. */
class LocalFolderTest {
  private static final String PATH = "/audit-logs/{organizationId}/{year}/";

  @TempDir Path outside;
  private Path root;
  private final Rig rig = new Rig();

  @BeforeEach
  void allowFolder() throws IOException {
    root = Files.createDirectory(outside.resolve("archive"));
    rig.platform(allowing(root, ""));
  }

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private static PlatformCredentials allowing(Path folder, String prefix) {
    return new PlatformCredentials(
        List.of(), List.of(new LocalRoot(Attempts.ORGANIZATION, "archive", folder, prefix)));
  }

  private static Attempts attempt() {
    return anAttempt().in("archive").path(PATH);
  }

  private static void delivered(Outcome outcome, String answer) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class, delivered -> assertThat(delivered.answer()).isEqualTo(answer));
  }

  private static void failed(Outcome outcome, Reason reason, String words) {
    assertThat(outcome.toString()).contains(reason.name(), words);
    assertThat(outcome).isNotInstanceOf(Outcome.Delivered.class);
  }

  /** All files below a folder, links included, by their path in it. */
  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void theFileIsTheDataByteForByte() throws IOException {
    Attempts attempt = attempt().data("{\"big\": 9007199254740993, \"x\": 1.10 }");

    assertThat(rig.send(attempt))
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered ->
                assertThat(delivered.externalReference())
                    .contains("local:archive/" + attempt.key()));

    assertThat(root.resolve(attempt.key())).hasContent("{\"big\": 9007199254740993, \"x\": 1.10 }");
    assertThat(files(outside)).containsExactly("archive/" + attempt.key());
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(root.resolve(attempt.key()))))
        .isEqualTo("rw-------");
  }

  @Test
  void aRepeatedAttemptFindsItsFile() throws IOException {
    delivered(rig.send(attempt()), "written");
    delivered(rig.send(attempt().number(2)), "there already");

    assertThat(files(root)).hasSize(1);
  }

  @Test
  void anotherContentIsNeverOverwritten() {
    rig.send(attempt().data("{\"n\":1}"));

    failed(rig.send(attempt().data("{\"n\":2}")), Reason.STORAGE_CONFLICT, "never overwritten");
    assertThat(root.resolve(attempt().key())).hasContent("{\"n\":1}");
  }

  @Test
  void tenMebibytesAreWritten() {
    byte[] data = new byte[10 * 1024 * 1024];
    new Random(1).nextBytes(data);

    delivered(rig.send(attempt().data(data)), "written");

    assertThat(root.resolve(attempt().key())).hasBinaryContent(data);
  }

  @Test
  void manyAtOnceWriteOneFile() throws Exception {
    StorageChannel channel = rig.channel();
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      outcomes.add(channel.send(attempt().number(i).build()).toCompletableFuture());
    }
    long written = 0;
    for (CompletableFuture<Outcome> outcome : outcomes) {
      if (outcome.get().toString().contains("written")) {
        written++;
      }
    }

    assertThat(written).as("whose file it is").isEqualTo(1);
    assertThat(files(root)).containsExactly(attempt().key());
  }

  @Test
  void whatAKilledProcessLeftIsRemoved() throws IOException {
    Path unfinished = Files.createDirectory(root.resolve(FileWrite.UNFINISHED));
    String task = attempt().build().task().taskId().value();
    Files.writeString(unfinished.resolve(task + ".0f0f.part"), "{\"half");
    Path others = Files.writeString(unfinished.resolve("0000.1.part"), "somebody else's");

    delivered(rig.send(attempt()), "written");

    assertThat(files(root))
        .containsExactlyInAnyOrder(attempt().key(), root.relativize(others).toString());
  }

  @Test
  void aLinkOnTheWayIsNotFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(outside.resolve("elsewhere"));
    Files.createSymbolicLink(root.resolve("audit-logs"), elsewhere);

    failed(rig.send(attempt()), Reason.STORAGE_PERMANENT, "not followed");

    assertThat(files(elsewhere)).isEmpty();
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aLinkForTheUnfinishedIsNotFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(outside.resolve("elsewhere"));
    Files.createSymbolicLink(root.resolve(FileWrite.UNFINISHED), elsewhere);

    failed(rig.send(attempt()), Reason.STORAGE_PERMANENT, "not followed");

    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aLinkWithTheNameOfTheFileIsNotFollowed() throws IOException {
    Path secret = Files.writeString(outside.resolve("secret"), "{\"n\":1}");
    Path target = root.resolve(attempt().key());
    Files.createDirectories(target.getParent());
    Files.createSymbolicLink(target, secret);

    failed(rig.send(attempt().data("{\"n\":1}")), Reason.STORAGE_PERMANENT, "is no file");

    assertThat(secret).hasContent("{\"n\":1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../x",
        "/etc/passwd",
        "..",
        ".",
        "a/../../b",
        "a\u0000b",
        "\u2215etc",
        "x\\..\\y"
      })
  void noValueLeavesTheFolder(String type) throws IOException {
    delivered(rig.send(attempt().path("/x/{type}/").type(type)), "written");

    assertThat(files(outside))
        .singleElement()
        .satisfies(file -> assertThat(file).matches("archive/x/[^/]+/[^/]+\\.json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x/", "/../x/", "a/../../x/", "a//b/", "./a/", "a\u0000/"})
  void noTemplateLeavesTheFolder(String path) throws IOException {
    failed(rig.send(attempt().path(path)), Reason.INVALID_FIELD, "config.storage.path");

    assertThat(files(outside)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc", "../archive", "archive/x", "Archive", "", ".", "a\u0000"})
  void aRootIsAWordAndNoPath(String name) throws IOException {
    failed(rig.send(attempt().in(name)), Reason.INVALID_FIELD, "config.storage.config.root");

    assertThat(files(outside)).isEmpty();
  }

  @Test
  void aFolderThatIsGoneIsNotMade() throws IOException {
    Files.delete(root);

    failed(rig.send(attempt()), Reason.STORAGE_TRANSIENT, "not there");

    assertThat(root).doesNotExist();
  }

  @Test
  void aNameThatNoDiskTakesIsRefused() {
    failed(
        rig.send(attempt().path("a".repeat(300) + "/")),
        Reason.STORAGE_PERMANENT,
        "shorten the path");
  }

  @Test
  void messagesTellNoPathOfThisMachine() throws IOException {
    Files.delete(root);
    Files.writeString(root, "a file");

    assertThat(rig.send(attempt()).toString()).doesNotContain(outside.toString());
  }

  @Test
  void nobodyElseWritesThere() throws IOException {
    rig.platform(
        new PlatformCredentials(
            List.of(),
            List.of(new LocalRoot(new OrganizationId("hospital-002"), "archive", root, ""))));

    failed(rig.send(attempt()), Reason.INVALID_FIELD, PlatformCredentials.LOCAL_SWITCH);

    assertThat(files(outside)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "audit-logs/hospital-001/,/audit-logs/{organizationId}/,true",
    "audit-logs/hospital-001/,/audit-logs/hospital-002/,false",
    "audit-logs/hospital-001/,/audit-logs/{type}/,false",
    ",/anywhere/,true",
  })
  void organizationsAreKeptInTheirFolders(String prefix, String path, boolean allowed) {
    List<FieldError> errors =
        allowing(root, prefix == null ? "" : prefix)
            .check(Attempts.ORGANIZATION, attempt().path(path).config());

    assertThat(errors.isEmpty()).isEqualTo(allowed);
    assertThat(errors)
        .allSatisfy(error ->
            assertThat(error.toString())
                .contains("config.storage.config.root", PlatformCredentials.LOCAL_SWITCH));
  }

  @Test
  void theOperatorsEntryIsChecked() {
    assertThatThrownBy(() -> new LocalRoot(Attempts.ORGANIZATION, "a/b", root, ""))
        .hasMessageStartingWith("root must be the name");
    assertThatThrownBy(() -> new LocalRoot(Attempts.ORGANIZATION, "a", Path.of("x"), ""))
        .hasMessageStartingWith("folder must be an absolute path");
    assertThatThrownBy(() -> new LocalRoot(Attempts.ORGANIZATION, "a", root, "/x/"))
        .hasMessageStartingWith("prefix must name a folder");
  }

  @Test
  void aProbeWritesNothing() throws Exception {
    delivered(rig.channel().probe(attempt().build()).toCompletableFuture().get(), "writable");
    assertThat(files(outside)).isEmpty();
    assertThat(root).isEmptyDirectory();
    Files.delete(root);
    failed(
        rig.channel().probe(attempt().build()).toCompletableFuture().get(),
        Reason.STORAGE_TRANSIENT,
        "not there");
  }
}
