package io.waybill.channel.storage;

import io.waybill.channel.Attempt;
import io.waybill.domain.Hashing;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StoragePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the object of one attempt as a file below a folder of the operator's. The bytes go into a
 * file beside, are forced to the disk, and get their name in one step that fails when there is such
 * a name already; so a name means a whole file, and no file is written over. No symbolic link below
 * the folder is followed. Files and folders are their owner's only. Blocks; used once, by one
 * thread.
 */
final class FileWrite {
  /** Below the root, on the same disk as what it becomes. No object's name ends like its files. */
  static final String UNFINISHED = ".waybill-unfinished";

  private static final String SUFFIX = ".part";

  /** Of most file systems, in bytes; keys are ASCII. */
  private static final int LONGEST_NAME = 255;

  private static final int BUFFER = 64 * 1024;
  private static final String WRITTEN = "written";
  private static final String THERE_ALREADY = "there already";

  private static final FileAttribute<?> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final LocalRoot root;
  private final Attempt attempt;
  private final String key;
  private final String where;

  FileWrite(LocalRoot root, StorageConfig config, Attempt attempt) {
    this.root = root;
    this.attempt = attempt;
    this.key = StoragePath.parse(config.path()).key(attempt.task());
    this.where = "the local folder " + root.name();
  }

  /** A way is not what it should be; the message is for people. */
  private static final class OddPlaceException extends IOException {
    private static final long serialVersionUID = 1L;

    OddPlaceException(String message) {
      super(message);
    }
  }

  Upload.Result run() {
    try {
      return write();
    } catch (OddPlaceException odd) {
      return refused(true, Reason.STORAGE_PERMANENT, where + " " + odd.getMessage());
    } catch (ClosedByInterruptException stopped) {
      return refused(false, Reason.TIMEOUT, where + " did not take it in time");
    } catch (AccessDeniedException denied) {
      return refused(
          false,
          Reason.STORAGE_TRANSIENT,
          where + " does not let this process write there: its owner must");
    } catch (IOException failed) {
      // Its message would tell a tenant about paths of this machine.
      return refused(
          false,
          Reason.STORAGE_TRANSIENT,
          where + " took no file: its disk may be full, not mounted or in trouble");
    }
  }

  /** Looks whether the folder is there and may be written into; writes nothing. */
  static Upload.Result probe(LocalRoot root) {
    boolean usable = Files.isDirectory(root.folder()) && Files.isWritable(root.folder());
    return usable
        ? new Upload.Result.Stored("writable", "local:" + root.name())
        : refused(
            false,
            Reason.STORAGE_TRANSIENT,
            "the local folder " + root.name() + " is not there, or may not be written into");
  }

  private Upload.Result write() throws IOException {
    if (!Files.isDirectory(root.folder())) {
      return refused(
          false,
          Reason.STORAGE_TRANSIENT,
          where + " is not there: its disk may not be mounted; it is never made");
    }
    // The operator's own path may lead over links; what is below it may not.
    Path top = root.folder().toRealPath();
    Path target = top.resolve(key);
    if (!target.normalize().startsWith(top)) {
      throw new OddPlaceException("has no place for " + key + ", which would lie outside");
    }
    Path folder = folders(top, target);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return compare(target);
    }
    Path unfinished = folder(top, top.resolve(UNFINISHED));
    removeUnfinished(unfinished);
    Path part = unfinished.resolve(attempt.task().taskId() + "." + UUID.randomUUID() + SUFFIX);
    try {
      fill(part);
      name(part, target);
    } catch (FileAlreadyExistsException e) {
      return compare(target);
    } finally {
      Files.deleteIfExists(part);
    }
    force(folder);
    return stored(WRITTEN);
  }

  /** Makes the folders on the way, one by one, so that none of them can be a link. */
  private static Path folders(Path top, Path target) throws IOException {
    Path way = top;
    Path relative = top.relativize(target);
    for (int i = 0; i < relative.getNameCount() - 1; i++) {
      String name = relative.getName(i).toString();
      if (name.length() > LONGEST_NAME) {
        throw new OddPlaceException(
            "takes no name of " + name.length() + " characters: shorten the path");
      }
      way = folder(way, way.resolve(name));
    }
    return way;
  }

  private static Path folder(Path parent, Path folder) throws IOException {
    try {
      Files.createDirectory(folder, FOLDER);
      force(parent);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new OddPlaceException(
            "has a link or a file where a folder should be, which is not followed: move it away,"
                + " then replay");
      }
    }
    return folder;
  }

  /** What a process left that was killed while it wrote. The name is this task's, nobody else's. */
  private void removeUnfinished(Path folder) throws IOException {
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(folder, attempt.task().taskId() + ".*" + SUFFIX)) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    }
  }

  private void fill(Path part) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            part,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            FILE)) {
      ByteBuffer data = ByteBuffer.wrap(attempt.data().bytes());
      while (data.hasRemaining()) {
        // In pieces: a heap buffer is copied outside the heap as long as it is.
        ByteBuffer piece = data.slice(data.position(), Math.min(BUFFER, data.remaining()));
        data.position(data.position() + file.write(piece));
      }
      file.force(true);
    }
  }

  /** In one step, and never over another file where the file system has links. */
  private static void name(Path part, Path target) throws IOException {
    try {
      Files.createLink(target, part);
    } catch (UnsupportedOperationException e) {
      // A file system without links, and Java knows it.
      moveUnlessThere(part, target);
    } catch (FileAlreadyExistsException | AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      // A file system without links says so in many ways; a disk in trouble fails again.
      moveUnlessThere(part, target);
    }
  }

  /**
   * The look and the move are two steps: who writes the same name in between is overwritten. Of
   * Waybill only another attempt at the same task does, with the same bytes.
   */
  private static void moveUnlessThere(Path part, Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException("");
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** So that a name outlives the power. */
  private static void force(Path folder) throws IOException {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private Upload.Result compare(Path target) throws IOException {
    if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new OddPlaceException(
          "has something under " + key + " that is no file: move it away, then replay");
    }
    if (Files.size(target) == attempt.data().size()
        && sha256(target).equals(attempt.data().sha256())) {
      return stored(THERE_ALREADY);
    }
    return refused(
        true,
        Reason.STORAGE_CONFLICT,
        where
            + " has another file under "
            + key
            + ", which is never overwritten: find out who wrote it, move it away, then replay");
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = Hashing.newSha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private Upload.Result stored(String answer) {
    return new Upload.Result.Stored(answer, "local:" + root.name() + "/" + key);
  }

  private static Upload.Result refused(boolean forGood, Reason reason, @Nullable String message) {
    return new Upload.Result.Refused(
        forGood, reason, String.valueOf(message), Optional.empty(), false);
  }
}
