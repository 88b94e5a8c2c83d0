package io.waybill.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormerIncarnationTest {
  @TempDir Path folder;

  @Test
  void aFolderThatNoBrokerHasUsedHasNone() {
    assertThat(new FormerIncarnation(folder.resolve("new")).wasKilled()).isFalse();
    assertThat(new FormerIncarnation(folder).wasKilled()).isFalse();
  }

  @Test
  void whatStoppedInOrderHasLeftNoSession() throws Exception {
    var _ = Files.createDirectory(folder.resolve("__cluster_metadata-0"));
    assertThat(new FormerIncarnation(folder).wasKilled()).isTrue();

    Files.createFile(folder.resolve(".kafka_cleanshutdown"));
    assertThat(new FormerIncarnation(folder).wasKilled()).isFalse();
  }
}
