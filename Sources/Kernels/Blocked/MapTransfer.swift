internal import CKernels

extension FeatureMap {
  /// Reads rows from a row-major image, channels×height×width. The margins stay as they are.
  package func load(
    _ image: UnsafePointer<Float>, rows range: Range<Int>, instructionSet: InstructionSet = .current
  ) {
    let kernels = instructionSet.kernels.pointee.blocked!
    let plane = layout.height * layout.width
    for row in range {
      for block in 0..<layout.blocks {
        let target = rows[row] + block * layout.blockStride
        let source = image + block * layout.lanes * plane + row * layout.width
        if layout.lanes == 1 {
          target.update(from: source, count: layout.width)
        } else {
          let channels = min(layout.lanes, layout.channels - block * layout.lanes)
          kernels.pointee.interleave(source, plane, channels, layout.width, target)
        }
      }
    }
  }

  /// Takes all rows of a row-major image, channels×height×width, on all threads.
  package func load(_ image: UnsafePointer<Float>, pool: ThreadPool) {
    let (map, source, height) = (Shared(self), Shared(image), layout.height)
    let bands = min(height, pool.threadCount)
    pool.forEach(bands) { band in
      map.value.load(source.value, rows: height * band / bands..<height * (band + 1) / bands)
    }
  }

  /// Writes rows to a row-major image, channels×height×width.
  package func store(
    to image: UnsafeMutablePointer<Float>, rows range: Range<Int>, instructionSet: InstructionSet = .current
  ) {
    let kernels = instructionSet.kernels.pointee.blocked!
    let plane = layout.height * layout.width
    for row in range {
      for block in 0..<layout.blocks {
        let source = UnsafePointer(rows[row] + block * layout.blockStride)
        let target = image + block * layout.lanes * plane + row * layout.width
        if layout.lanes == 1 {
          target.update(from: source, count: layout.width)
        } else {
          let channels = min(layout.lanes, layout.channels - block * layout.lanes)
          kernels.pointee.deinterleave(source, channels, layout.width, target, plane)
        }
      }
    }
  }

  /// Copies some columns of a row of a map of the same extents and lanes.
  package func copyColumns(
    _ columns: Range<Int>, row: Int, of other: FeatureMap, instructionSet: InstructionSet = .current
  ) {
    let place = columns.lowerBound * layout.lanes
    instructionSet.kernels.pointee.blocked.pointee.copy(
      other.rows[row] + place, other.layout.blockStride, layout.blocks, columns.count, rows[row] + place,
      layout.blockStride)
  }

  /// Copies the channels of another map of the same extents and lanes to `firstChannel` on. The other channels stay.
  package func copyChannels(of other: FeatureMap, to firstChannel: Int, rows range: Range<Int>) {
    let lanes = layout.lanes
    let wholeBlocks = firstChannel % lanes == 0 ? other.layout.channels / lanes : 0
    for row in range {
      let (source, target) = (UnsafePointer(other.rows[row]), rows[row])
      for block in 0..<wholeBlocks {
        (target + (firstChannel / lanes + block) * layout.blockStride).update(
          from: source + block * other.layout.blockStride, count: layout.width * lanes)
      }
      for channel in wholeBlocks * lanes..<other.layout.channels {
        let (from, to) = (channel, firstChannel + channel)
        let fromPixel = source + from / lanes * other.layout.blockStride + from % lanes
        let toPixel = target + to / lanes * layout.blockStride + to % lanes
        for x in 0..<layout.width { toPixel[x * lanes] = fromPixel[x * lanes] }
      }
    }
  }

  /// Takes the channels of another map of the same extents and lanes in another order: channel i of each of `groups`
  /// equal groups, for all i.
  ///
  /// - Parameter blocks: those of this map to write.
  package func shuffleChannels(of other: FeatureMap, groups: Int, rows range: Range<Int>, blocks: Range<Int>) {
    let lanes = layout.lanes
    let groupSize = layout.channels / groups
    for row in range {
      for channel in blocks.lowerBound * lanes..<min(blocks.upperBound * lanes, layout.channels) {
        let from = channel % groups * groupSize + channel / groups
        let source = other.rows[row] + from / lanes * other.layout.blockStride + from % lanes
        let target = rows[row] + channel / lanes * layout.blockStride + channel % lanes
        for x in 0..<layout.width { target[x * lanes] = source[x * lanes] }
      }
    }
  }
}

extension FeatureMap {
  /// Takes the channels of a wider map of the same extents and lanes from `firstChannel` on.
  package func takeChannels(of other: FeatureMap, from firstChannel: Int, rows range: Range<Int>) {
    let lanes = layout.lanes
    for row in range {
      let (source, target) = (UnsafePointer(other.rows[row]), rows[row])
      if firstChannel % lanes == 0 {
        for block in 0..<layout.blocks {
          (target + block * layout.blockStride).update(
            from: source + (firstChannel / lanes + block) * other.layout.blockStride, count: layout.width * lanes)
        }
        continue
      }
      for channel in 0..<layout.channels {
        let from = firstChannel + channel
        let fromPixel = source + from / lanes * other.layout.blockStride + from % lanes
        let toPixel = target + channel / lanes * layout.blockStride + channel % lanes
        for x in 0..<layout.width { toPixel[x * lanes] = fromPixel[x * lanes] }
      }
    }
  }

  /// Sets rows to 0.
  package func clear(rows range: Range<Int>) {
    for row in range {
      for block in 0..<layout.blocks {
        (rows[row] + block * layout.blockStride).update(repeating: 0, count: layout.width * layout.lanes)
      }
    }
  }

  /// Sets all pixels of rows to the one pixel of another map times a factor.
  package func spread(_ pixel: FeatureMap, times factor: Float, rows range: Range<Int>) {
    let lanes = layout.lanes
    for row in range {
      for block in 0..<layout.blocks {
        let source = pixel.rows[0] + block * pixel.layout.blockStride
        let target = rows[row] + block * layout.blockStride
        for lane in 0..<lanes { target[lane] = source[lane] * factor }
        for x in 1..<max(layout.width, 1) { (target + x * lanes).update(from: target, count: lanes) }
      }
    }
  }

  /// Puts the first pixels of a row of another map into a row of this one, `step` pixels apart.
  ///
  /// - Parameter firstChannel: the first of the other map's channels that are this one's.
  package func placePixels(
    of other: FeatureMap, row: Int, firstChannel: Int, count: Int, in targetRow: Int, first: Int, step: Int
  ) {
    let lanes = layout.lanes
    let (source, target) = (UnsafePointer(other.rows[row]), rows[targetRow] + first * lanes)
    if firstChannel % lanes == 0 {
      for block in 0..<layout.blocks {
        let from = source + (firstChannel / lanes + block) * other.layout.blockStride
        let to = target + block * layout.blockStride
        for x in 0..<count { (to + x * step * lanes).update(from: from + x * lanes, count: lanes) }
      }
      return
    }
    for channel in 0..<layout.channels {
      let from = firstChannel + channel
      let fromPixel = source + from / lanes * other.layout.blockStride + from % lanes
      let toPixel = target + channel / lanes * layout.blockStride + channel % lanes
      for x in 0..<count { toPixel[x * step * lanes] = fromPixel[x * lanes] }
    }
  }
}
