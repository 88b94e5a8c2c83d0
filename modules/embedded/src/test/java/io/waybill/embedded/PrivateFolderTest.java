package io.waybill.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
class PrivateFolderTest {
  @TempDir private Path folder;

  @BeforeEach
  void openToAll() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void isForItsOwnerOnly() throws IOException {
    PrivateFolder.create(folder.resolve("above/data"));

    assertThat(mode(folder.resolve("above/data"))).isEqualTo("rwx------");
    assertThat(mode(folder.resolve("above"))).isEqualTo("rwx------");
  }

  @Test
  void leavesTheModeOfAnExistingFolder() throws IOException {
    PrivateFolder.create(folder);

    assertThat(mode(folder)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void theBrokersFilesAreForTheirOwnerOnlyInsideAnOpenFolder() throws IOException {
    new BrokerFolder(folder.resolve("kafka")).clusterIdFormattingIfNew();

    assertThat(mode(folder.resolve("kafka"))).isEqualTo("rwx------");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
