package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.cli.Cli.Ran;
import io.waybill.domain.OrganizationId;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.PayloadKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that work on files of keys and talk to nobody. */
class KeysCommandsTest {
  private static final OrganizationId ACME = new OrganizationId("acme");

  @TempDir private Path folder;

  @Test
  void initMakesAPrivateKeysetOnceAndRotateAddsAKey() throws IOException {
    Path file = folder.resolve("new/keyset.json");
    Ran init = run("keys", "init", "--keyset", "new/keyset.json");
    assertThat(init.exitCode()).as(init.err()).isZero();
    Keyset made = Keyset.load(file);
    assertThat(init.out()).contains(made.primaryKeyId()).contains(file.toString());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    Ran again = run("keys", "init", "--keyset", "new/keyset.json");
    assertThat(again.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(again.err()).contains("not overwritten");
    assertThat(Keyset.load(file).primaryKeyId()).isEqualTo(made.primaryKeyId());

    Ran rotate = run("keys", "rotate", "--keyset", "new/keyset.json");
    assertThat(rotate.exitCode()).as(rotate.err()).isZero();
    Keyset rotated = Keyset.load(file);
    assertThat(rotated.keyIds()).containsExactly(made.primaryKeyId(), rotated.primaryKeyId());
    assertThat(rotate.out()).contains("2 keys").contains(rotated.primaryKeyId());
  }

  @Test
  void rotateNeedsAKeysetThatIsPrivate() throws IOException {
    assertThat(run("keys", "rotate", "--keyset", "absent.json").err())
        .contains("there is no keyset file")
        .contains("waybill keys init");
    run("keys", "init", "--keyset", "keyset.json");
    Path file = folder.resolve("keyset.json");
    String before = Files.readString(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Ran open = run("keys", "rotate", "--keyset", "keyset.json");
    assertThat(open.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(open.err()).contains("chmod 600 '" + file + "'");
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void wrappingNeedsAServiceThatIsThere() {
    Ran ran = run("keys", "init", "--keyset", "k.json", "--wrap-with", "aws-kms://arn:aws:kms:x");
    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("KmsClient").contains("aws-kms://arn:aws:kms:x");
    assertThat(folder.resolve("k.json")).doesNotExist();
  }

  @Test
  void payloadKeysAreMadeRotatedListedExportedAndDestroyed() throws IOException {
    Path file = folder.resolve("payload-keys.json");
    Ran create = payload("create");
    assertThat(create.exitCode()).as(create.err()).isZero();
    String first = PayloadKeys.load(file).keyId(ACME).orElseThrow();
    assertThat(create.out()).contains(first).contains("acme");
    assertThat(payload("create").err()).contains("rotate");

    assertThat(payload("rotate").exitCode()).isZero();
    String second = PayloadKeys.load(file).keyId(ACME).orElseThrow();
    assertThat(second).isNotEqualTo(first);
    assertThat(run("keys", "payload", "list", "--payload-keys", "payload-keys.json").out())
        .contains("acme")
        .contains(second);

    Ran export = payload("export", "--to", "acme.json");
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(PayloadKeys.load(folder.resolve("acme.json")).keyId(ACME)).contains(second);

    Ran unasked = payload("destroy");
    assertThat(unasked.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(unasked.err()).contains("--yes");
    assertThat(PayloadKeys.load(file).has(ACME)).isTrue();
    assertThat(payload("destroy", "--yes").exitCode()).isZero();
    assertThat(PayloadKeys.load(file).has(ACME)).isFalse();
    assertThat(Files.readString(file)).contains(first, second).doesNotContain("keyData");
    assertThat(payload("destroy", "--yes").err()).contains("has no payload key");
  }

  private Ran payload(String command, String... more) {
    String[] all = new String[7 + more.length];
    String[] begin = {
      "keys", "payload", command, "--payload-keys", "payload-keys.json", "--organization", "acme"
    };
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return run(all);
  }

  private Ran run(String... arguments) {
    return Cli.in(folder).run(arguments);
  }
}
